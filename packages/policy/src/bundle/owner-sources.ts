/** The owner's policy folder: read whole, from files nobody else may write to, or refused. */

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import type { PolicyError } from '../errors.js';
import { OWNER } from './check-modules.js';
import { othersMayWrite } from './permissions.js';

export interface OwnerSources {
  readonly modules: readonly { readonly path: string; readonly text: string }[];
  /** Test files, which are never compiled into a policy. */
  readonly tests: readonly { readonly path: string; readonly text: string }[];
  /** Models of programs, from `programs/<name>.yaml`. */
  readonly programs: readonly { readonly path: string; readonly text: string }[];
  /** The text and path of `parameters.yaml`, where there is one. */
  readonly parameters?: { readonly path: string; readonly text: string };
}

/** An owner without any. */
export const NO_SOURCES: OwnerSources = { modules: [], tests: [], programs: [] };

/** Everything in the folder; an absent folder is an owner without rules. Err kinds: `policy.unreadable_source`, `policy.unsafe_permissions`. */
export function readOwnerSources(folder: string): Result<OwnerSources, PolicyError> {
  try {
    if (!lstatSync(folder, { throwIfNoEntry: false })) return ok(NO_SOURCES);
    const files = [
      folder,
      ...readdirSync(folder, { recursive: true }).map((path) => join(folder, String(path))),
    ].sort();
    const unsafe = files.find(othersMayWrite);
    if (unsafe !== undefined) {
      return err({
        kind: 'policy.unsafe_permissions',
        message: 'others may write to a policy file; run chmod go-w on it',
        path: unsafe,
      });
    }
    const named = (fits: (path: string) => boolean) =>
      files
        .filter(fits)
        .map((path) => ({ path: `${OWNER}${relative(folder, path)}`, text: readFileSync(path, 'utf8') }));
    const rego = named((path) => path.endsWith('.rego'));
    const programs = named((path) => dirname(path) === join(folder, 'programs') && path.endsWith('.yaml'));
    const parameters = files.find((path) => path === join(folder, 'parameters.yaml'));
    return ok({
      modules: rego.filter(({ path }) => !isTest(path)),
      tests: rego.filter(({ path }) => isTest(path)),
      programs,
      ...(parameters === undefined ? {} : { parameters: { path: parameters, text: readFileSync(parameters, 'utf8') } }),
    });
  } catch (cause) {
    return err({ kind: 'policy.unreadable_source', message: 'a policy source cannot be read', path: folder, cause });
  }
}

/** Whether a source is a test, by its name. */
export const isTest = (path: string): boolean => path.endsWith('_test.rego');
