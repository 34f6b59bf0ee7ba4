/** Reads what decides what is allowed, and only when nobody else could have written it. */

import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import { detailOf, type HomeError } from '../errors.js';

/** Larger than any configuration that a person writes. */
const MOST_BYTES = 4 * 1024 * 1024;
const WRITABLE_BY_OTHERS = 0o022;

/** The text of a file; undefined when there is none. Permissions are checked on the opened file, so what was checked is what is read. Err kinds: `meshclaw.home_unusable`, `meshclaw.unsafe_permissions`. */
export async function readSafely(path: string): Promise<Result<string | undefined, HomeError>> {
  try {
    const file = await open(path, constants.O_RDONLY);
    try {
      const stats = await file.stat();
      const unsafe = unsafePermissions(path, stats);
      if (unsafe) return err(unsafe);
      if (!stats.isFile() || stats.size > MOST_BYTES) return err(unusable(path, 'not a file of at most 4 MiB'));
      return ok(await file.readFile('utf8'));
    } finally {
      await file.close();
    }
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return ok(undefined);
    return err(unusable(path, detailOf(cause)));
  }
}

/** Checks a folder and everything below it; one that is not there is fine, a link is not, because what it leads to may change. Err kinds: `meshclaw.home_unusable`, `meshclaw.unsafe_permissions`. */
export async function checkTree(folder: string): Promise<Result<void, HomeError>> {
  const checked = await checkOne(folder);
  if (checked.isErr() || checked.value === undefined) return checked.map(() => undefined);
  try {
    if ((await lstat(folder)).isSymbolicLink()) return err(unusable(folder, 'links are not followed here'));
    if (!checked.value.isDirectory()) return ok(undefined);
    for (const name of await readdir(folder)) {
      const below = await checkTree(join(folder, name));
      if (below.isErr()) return err(below.error);
    }
    return ok(undefined);
  } catch (cause) {
    return err(unusable(folder, detailOf(cause)));
  }
}

/** Checks what one path leads to; undefined when nothing is there. Err kinds: `meshclaw.home_unusable`, `meshclaw.unsafe_permissions`. */
export async function checkOne(path: string): Promise<Result<Stats | undefined, HomeError>> {
  try {
    const stats = await stat(path);
    const unsafe = unsafePermissions(path, stats);
    return unsafe ? err(unsafe) : ok(stats);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return ok(undefined);
    return err(unusable(path, detailOf(cause)));
  }
}

/** The home, or a file in it, cannot be used at all. */
export const unusable = (path: string, detail: string): HomeError => ({
  kind: 'meshclaw.home_unusable',
  message: 'this cannot be used as MeshClaw home, or as a file in it',
  path,
  detail,
});

/** What is wrong with owner or mode, if anything. Windows has neither. */
function unsafePermissions(path: string, { mode, uid }: Stats): HomeError | undefined {
  const self = process.getuid?.();
  if (self === undefined) return undefined;
  const bits = mode & 0o7777;
  const shown = `0${bits.toString(8)}`;
  const base = { kind: 'meshclaw.unsafe_permissions', path, mode: shown } as const;
  if (uid !== self && uid !== 0) {
    return { ...base, message: 'it belongs to somebody else, who could change it', remedy: `chown ${self} ${path}` };
  }
  if ((bits & WRITABLE_BY_OTHERS) === 0) return undefined;
  return { ...base, message: 'others may write to it', remedy: `chmod go-w ${path}` };
}
