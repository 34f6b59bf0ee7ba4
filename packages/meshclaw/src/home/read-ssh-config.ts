/** Reads an OpenSSH client configuration with all that it includes. Only files that nobody else could have written. */

import { readSshConfig as read, type SshConfigFile } from '@meshclaw/executors';
import type { Result } from 'neverthrow';
import type { HomeError } from '../errors.js';
import { invalidConfiguration } from './document.js';
import { readSafely } from './safe-file.js';

/** The configuration in `path`; undefined when there is none. `home` is the account's: `~/` and relative includes are below it. Err kinds: every `HomeError`. */
export function readSshConfig(path: string, home: string): Promise<Result<SshConfigFile | undefined, HomeError>> {
  return read<HomeError>(path, {
    home,
    readText: readSafely,
    refuse: (problems) => invalidConfiguration(problems.map((one) => ({ ...one, column: 1, path: '' }))),
  });
}
