/** Reads an OpenSSH client configuration with all that it includes. How a file is read, and which may be, is the caller's. */

import { readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import { parseSshConfig, type SshConfigFile, type SshConfigProblem } from './parse.js';

/** How files are read. Errors are the caller's own. */
export interface SshConfigFiles<E> {
  /** The account's home: `~/` and relative includes are below it. */
  readonly home: string;
  /** The text of a file; undefined when there is none. */
  readText(path: string): Promise<Result<string | undefined, E>>;
  /** What lines that cannot be used are to the caller. */
  refuse(problems: readonly SshConfigProblem[]): E;
}

// How deep files may include each other (OpenSSH, READCONF_MAX_DEPTH).
const MOST_DEPTH = 16;
// More than anybody has; two files that include each other twice would be read 65,536 times.
const MOST_FILES = 1_000;

interface Reading<E> extends SshConfigFiles<E> {
  files: number;
}

/** The configuration in `path`; undefined when there is none. Err kinds: those of `files`. */
export function readSshConfig<E>(
  path: string,
  { home, readText, refuse }: SshConfigFiles<E>,
): Promise<Result<SshConfigFile | undefined, E>> {
  return readFile(path, { home, readText, refuse, files: 0 }, 0);
}

async function readFile<E>(
  path: string,
  reading: Reading<E>,
  depth: number,
): Promise<Result<SshConfigFile | undefined, E>> {
  reading.files += 1;
  const text = await reading.readText(path);
  if (text.isErr() || text.value === undefined) return text.map(() => undefined);
  const parsed = parseSshConfig(path, text.value);
  if (parsed.isErr()) return err(reading.refuse(parsed.error));
  const directives = [];
  for (const directive of parsed.value.directives) {
    if (directive.keyword !== 'include') {
      directives.push(directive);
      continue;
    }
    if (depth >= MOST_DEPTH || reading.files > MOST_FILES) {
      const problem = `files include each other more than ${MOST_DEPTH} deep, or more than ${MOST_FILES} times`;
      return err(reading.refuse([{ file: path, line: directive.line, text: problem }]));
    }
    const included = await readIncluded(directive.words, reading, depth + 1);
    if (included.isErr()) return err(included.error);
    directives.push({ ...directive, included: included.value });
  }
  return ok({ path, directives });
}

async function readIncluded<E>(
  words: readonly string[],
  reading: Reading<E>,
  depth: number,
): Promise<Result<readonly SshConfigFile[], E>> {
  const files: SshConfigFile[] = [];
  for (const word of words) {
    for (const path of await pathsOf(absolute(word, reading.home))) {
      const file = await readFile(path, reading, depth);
      if (file.isErr()) return err(file.error);
      if (file.value !== undefined) files.push(file.value);
    }
  }
  return ok(files);
}

/** Relative paths are below ~/.ssh, wherever the file that names them is (ssh_config(5), Include). */
function absolute(word: string, home: string): string {
  if (word.startsWith('~/')) return join(home, word.slice(2));
  return isAbsolute(word) ? word : join(home, '.ssh', word);
}

/** The paths that a glob(7) pattern stands for, sorted; one without wildcards stands for itself. */
async function pathsOf(pattern: string): Promise<readonly string[]> {
  let found = ['/'];
  for (const segment of pattern.split('/').filter((part) => part !== '')) {
    const below = await Promise.all(found.map((folder) => entriesOf(folder, segment)));
    found = below.flat();
  }
  return found;
}

async function entriesOf(folder: string, segment: string): Promise<readonly string[]> {
  if (!/[*?[]/.test(segment)) return [join(folder, segment)];
  const form = globForm(segment);
  const names = await readdir(folder).catch(() => []); // a folder that is not there holds nothing
  const visible = names.filter((name) => segment.startsWith('.') || !name.startsWith('.'));
  return visible
    .filter((name) => form.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function globForm(segment: string): RegExp {
  const parts = segment.split(/(\*+|\?|\[!?\]?[^\]]*\])/);
  const text = parts.map((part) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (/^\[.+\]$/.test(part)) return part.replace(/\\/g, '\\\\').replace(/^\[!/, '[^');
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${text.join('')}$`, 's');
}
