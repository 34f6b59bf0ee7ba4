/** The owner's policy folder: read whole, from files nobody else may write to, or refused. */

import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import type { PolicyError } from '../errors.js';
import { OWNER } from './check-modules.js';
import { othersMayWrite, replaceableAt } from './permissions.js';

export interface OwnerSources {
  readonly modules: readonly { readonly path: string; readonly text: string }[];
  /** Test files, which are never compiled into a policy. */
  readonly tests: readonly { readonly path: string; readonly text: string }[];
  /** Models of programs, from `programs/<name>.yaml`. */
  readonly programs: readonly { readonly path: string; readonly text: string }[];
  /** The text and path of `parameters.yaml`, where there is one. */
  readonly parameters?: { readonly path: string; readonly text: string };
  /** Compiled bundles of `bundles/`, which are evaluated beside the base; sorted by name. */
  readonly bundles: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

/** What an owner without rules has. */
export const NO_SOURCES: OwnerSources = { modules: [], tests: [], programs: [], bundles: [] };
/** Far over what people write, and small enough to be read at each start. */
const MOST_FILES = 2_000;
const MOST_BYTES = 1024 * 1024;
const MOST_BUNDLE_BYTES = 16 * 1024 * 1024;
/** What looks like policy and would not be read: a rule or parameter that silently does not count is no policy of the owner's. */
const LOOKS_LIKE_POLICY = /(^|\/)(data|parameters)\.(ya?ml|json)$|^programs\/|\.(wasm|tar|tar\.gz|tgz)$/i;
/** The history of a folder that is under version control. */
const HISTORY = /^\.git(\/|$)/;
const BUNDLE = /^bundles\/[^/]+\.tar\.gz$/;
const PROGRAM = /^programs\/[^/]+\.yaml$/;

/** Everything in the folder; an absent folder is an owner without rules. Err kinds: `policy.unreadable_source`, `policy.unsafe_permissions`, `policy.invalid_source`. */
export function readOwnerSources(folder: string): Result<OwnerSources, PolicyError> {
  try {
    if (!lstatSync(folder, { throwIfNoEntry: false })) return ok(NO_SOURCES);
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
      (entry) => !HISTORY.test(relative(folder, join(entry.parentPath, entry.name))),
    );
    const problem = problemOf(folder, entries);
    if (problem) return err(problem);
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return ok(readAll(folder, files.sort()));
  } catch (cause) {
    return err(unreadable('a policy source cannot be read', folder, cause));
  }
}

/** Whether a source is a test, by its name. */
export const isTest = (path: string): boolean => path.endsWith('_test.rego');

function readAll(folder: string, files: readonly string[]): OwnerSources {
  const named = (fits: (name: string) => boolean) =>
    files
      .filter((path) => fits(relative(folder, path)))
      .map((path) => ({ path: `${OWNER}${relative(folder, path)}`, text: readFileSync(path, 'utf8') }));
  const rego = named((name) => name.endsWith('.rego'));
  const parameters = files.find((path) => path === join(folder, 'parameters.yaml'));
  return {
    modules: rego.filter(({ path }) => !isTest(path)),
    tests: rego.filter(({ path }) => isTest(path)),
    programs: named((name) => PROGRAM.test(name)),
    ...(parameters === undefined ? {} : { parameters: { path: parameters, text: readFileSync(parameters, 'utf8') } }),
    bundles: files
      .filter((path) => BUNDLE.test(relative(folder, path)))
      .map((path) => ({ path, bytes: readFileSync(path) })),
  };
}

function problemOf(folder: string, entries: readonly Dirent[]): PolicyError | undefined {
  if (!lstatSync(folder).isDirectory()) return unreadable('this is no folder of policies, or a link to one', folder);
  const replaceable = replaceableAt(folder);
  if (replaceable !== undefined) return unsafe(replaceable);
  if (entries.length > MOST_FILES) return unreadable('there are more than 2000 files among the policies', folder);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const problem = entry.isDirectory() ? undefined : fileProblem(relative(folder, path), path, entry);
    if (problem) return problem;
    if (othersMayWrite(path)) return unsafe(path);
  }
  return undefined;
}

/** Neither links, whose ends may change, nor pipes, which may never end, nor what would be left out. */
function fileProblem(name: string, path: string, entry: Dirent): PolicyError | undefined {
  if (!entry.isFile()) return unreadable('a policy source is a link, or no file', path);
  const most = BUNDLE.test(name) ? MOST_BUNDLE_BYTES : MOST_BYTES;
  if (lstatSync(path).size > most) return unreadable('a policy source is too large', path);
  const isRead = name === 'parameters.yaml' || BUNDLE.test(name) || PROGRAM.test(name) || name.endsWith('.rego');
  if (isRead || !LOOKS_LIKE_POLICY.test(name)) return undefined;
  const expected = 'only parameters.yaml, *.rego, programs/*.yaml and bundles/*.tar.gz are';
  return {
    kind: 'policy.invalid_source',
    message: 'a file among the policies would not be read',
    diagnostics: [{ message: `this would not be read: ${expected}`, file: path, row: 1, column: 1 }],
  };
}

const unsafe = (path: string): PolicyError => ({
  kind: 'policy.unsafe_permissions',
  message: 'others may write to a policy file; run chmod go-w on it',
  path,
});
const unreadable = (message: string, path: string, cause?: unknown): PolicyError => ({
  kind: 'policy.unreadable_source',
  message,
  path,
  ...(cause === undefined ? {} : { cause }),
});
