/** The working directory of a command, held open, so that the command starts in exactly the directory that was looked at. */

import { constants } from 'node:fs';
import { open, readlink, realpath } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { err, ok, type Result } from 'neverthrow';

/** What to start in. `release` once the command has started. */
export interface Directory {
  readonly cwd: string | undefined;
  release(): Promise<void>;
}

/** Linux names an open directory by its descriptor; a new process may enter it by that name, whatever its path leads to by then. */
const DESCRIPTORS = '/proc/self/fd';
const NOTHING_HELD = async (): Promise<void> => undefined;

/** Opens the directory, when its path is the directory itself and no link is in it. Err: the message. Throws the system's own errors. */
export async function holdDirectory(cwd: string | undefined): Promise<Result<Directory, string>> {
  if (cwd === undefined || !isAbsolute(cwd)) return ok({ cwd, release: NOTHING_HELD });
  if (process.platform !== 'linux') {
    return (await realpath(cwd)) === resolve(cwd) ? ok({ cwd, release: NOTHING_HELD }) : err(LINKED);
  }
  const held = await open(cwd, constants.O_RDONLY | constants.O_DIRECTORY);
  const name = `${DESCRIPTORS}/${held.fd}`;
  const where = await readlink(name).catch(() => undefined);
  if (where === resolve(cwd)) return ok({ cwd: name, release: () => held.close() });
  await held.close();
  return err(LINKED);
}

const LINKED = 'the path of the working directory is not the directory itself: a link is in it';
