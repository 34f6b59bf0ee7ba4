/** Reads the ssh configuration that an inventory entry names: only files that nobody else could have written, and it has to be there. */

import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { err, ok, type Result } from 'neverthrow';
import { readSshConfig, type SshConfigFile, type SshConfigProblem } from '../_ssh-config/index.js';
import { homeFolder } from './settings.js';

/** Why a configuration cannot be relied on, with the places where there are any. */
export interface ConfigFileError {
  readonly message: string;
  readonly problems: readonly SshConfigProblem[];
}

// More than a person writes.
const MOST_BYTES = 4 * 1_048_576;
const WRITABLE_BY_OTHERS = 0o022;

/** The configuration with all that it includes, as the files are now. */
export async function readConfigFile(path: string): Promise<Result<SshConfigFile, ConfigFileError>> {
  const refuse = (problems: readonly SshConfigProblem[]) => ({
    message: 'the ssh configuration has an error',
    problems,
  });
  const read = await readSshConfig<ConfigFileError>(path, { home: homeFolder(), readText, refuse });
  return read.andThen((file) => (file === undefined ? unreadable(path, 'it is not there') : ok(file)));
}

/** Undefined when there is no such file. What was checked is what is read. */
async function readText(path: string): Promise<Result<string | undefined, ConfigFileError>> {
  try {
    const file = await open(path, constants.O_RDONLY);
    try {
      const stats = await file.stat();
      if (!stats.isFile() || stats.size > MOST_BYTES) return unreadable(path, 'it is no file of at most 4 MiB');
      if (mayChange(stats)) return unreadable(path, 'it belongs to somebody else, or others may write to it');
      return ok(await file.readFile('utf8'));
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return ok(undefined);
    return unreadable(path, 'it cannot be read');
  }
}

/** Whether somebody else may. Windows has neither owners nor modes. */
function mayChange({ mode, uid }: Stats): boolean {
  const self = process.getuid?.();
  return self !== undefined && ((uid !== self && uid !== 0) || (mode & WRITABLE_BY_OTHERS) !== 0);
}

const unreadable = (file: string, text: string) =>
  err<never, ConfigFileError>({
    message: 'a file of the ssh configuration cannot be used',
    problems: [{ file, line: 1, text }],
  });
