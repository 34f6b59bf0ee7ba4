/** Whether a file or folder is this account's alone to write. */

import { type Stats, statSync } from 'node:fs';

const WRITABLE_BY_OTHERS = 0o022;

/** True when another account may write there, or owns it (root aside). Throws when it cannot be looked at. */
export function othersMayWrite(path: string): boolean {
  const { mode, uid }: Stats = statSync(path);
  const ours = process.geteuid?.();
  return (mode & WRITABLE_BY_OTHERS) !== 0 || (ours !== undefined && uid !== ours && uid !== 0);
}
