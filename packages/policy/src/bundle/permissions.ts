/** Whether a file or folder is this account's alone to write. */

import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/** True when another account may write there, or owns it (root aside). Throws when it cannot be looked at. */
export function othersMayWrite(path: string): boolean {
  return isTheirs(statSync(path));
}

/** The first path of a folder and those above it at which another account could put something else in its place. Throws when one cannot be looked at. */
export function replaceableAt(folder: string): string | undefined {
  const real = realpathSync(resolve(folder));
  if (othersMayWrite(real)) return real;
  for (let path = dirname(real); ; path = dirname(path)) {
    const stats = lstatSync(path);
    // In a sticky folder, as /tmp, an entry is its owner's to rename and remove.
    const sticky = (stats.mode & STICKY) !== 0 && !isForeign(stats);
    if (!sticky && isTheirs(stats)) return path;
    if (path === dirname(path)) return undefined;
  }
}

const isTheirs = (stats: Stats): boolean => (stats.mode & WRITABLE_BY_OTHERS) !== 0 || isForeign(stats);

function isForeign({ uid }: Stats): boolean {
  const ours = process.geteuid?.();
  return ours !== undefined && uid !== ours && uid !== 0;
}
