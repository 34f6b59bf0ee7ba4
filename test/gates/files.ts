/** The files of the repository as git sees them: what is tracked and what is new, without what is ignored. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, with a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Paths from the root, with forward slashes. */
export function repositoryFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  return listed
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)));
}

/** The text of a file, undefined when it is binary. */
export function textOf(path: string): string | undefined {
  const bytes = readFileSync(join(root, path));
  return bytes.subarray(0, 8_192).includes(0) ? undefined : bytes.toString('utf8');
}

/** Written by hand and by us: not generated, not taken from elsewhere. */
export const isOurs = (path: string): boolean =>
  !/\.gen\.|(^|\/)__fixtures__\/|(^|\/)shipped\/|^package-lock\.json$|THIRD_PARTY_LICENSES$|^LICENSE$|^packages\/rego\/compiler\/go\.sum$/.test(
    path,
  );
