/** Formats an owner's Rego as OPA does. Reads; writing is the caller's. */

import type { Result } from 'neverthrow';
import { err } from 'neverthrow';
import { readOwnerSources } from '../bundle/owner-sources.js';
import { fromAnswer, withCompiler } from '../bundle/rego-compiler.js';
import type { PolicyError } from '../errors.js';
import { placedIn, placeError } from './place.js';

/** A file and how it should look. */
export interface FormattedSource {
  readonly file: string;
  readonly text: string;
  readonly changed: boolean;
}

/** Every Rego file of a folder, tests included; all, or none when one does not parse. Err kinds: `policy.unreadable_source`, `policy.unsafe_permissions`, `policy.invalid_source`, `policy.compiler_unavailable`, `policy.no_sources`. */
export async function formatPolicies(folder: string): Promise<Result<readonly FormattedSource[], PolicyError>> {
  const read = readOwnerSources(folder);
  if (read.isErr()) return err(read.error);
  const files = [...read.value.modules, ...read.value.tests];
  if (files.length === 0)
    return err({ kind: 'policy.no_sources', message: 'there is no Rego in this folder', path: folder });
  const place = placedIn(folder);
  const formatted = await withCompiler(async (rego) => fromAnswer(await rego.fmt({ files })));
  return formatted
    .map((all) => all.map(({ path, text, changed }) => ({ file: place(path), text, changed })))
    .mapErr((error) => placeError(error, folder));
}
