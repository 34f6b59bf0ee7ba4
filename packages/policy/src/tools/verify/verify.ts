/** Tries what this product promises against one configuration. */

import { err, ok, type Result } from 'neverthrow';
import { readPolicyInput } from '../../bundle/policy-input.js';
import { withCompiler } from '../../bundle/rego-compiler.js';
import type { PolicyError } from '../../errors.js';
import { type OpenPolicyOptions, openWholePolicy } from '../../open-policy.js';
import { placeError } from '../place.js';
import { ASKED } from './asked.js';
import type { Configuration, Guarantee, VerifiedGuarantee } from './guarantee.js';
import { PROBED } from './probed.js';

/** Every guarantee with what came of it, in a fixed order. Err kinds: those of `openPolicy`: what cannot be opened guarantees nothing but denial. */
export async function verifyPolicy(
  options: OpenPolicyOptions,
): Promise<Result<readonly VerifiedGuarantee[], PolicyError>> {
  const input = readPolicyInput(options);
  if (input.isErr()) return err(placeError(input.error, options.ownerFolder));
  const opened = await openWholePolicy(options);
  if (opened.isErr()) return err(placeError(opened.error, options.ownerFolder));
  return withCompiler(async (rego) => {
    const configuration: Configuration = { policy: opened.value, sources: options, input: input.value, rego };
    return ok(await tryAll(GUARANTEES, configuration));
  });
}

/** What is promised. */
export const GUARANTEES: readonly Guarantee[] = [...ASKED, ...PROBED];

/** One after another. A guarantee whose trial breaks down does not hold. */
export async function tryAll(
  guarantees: readonly Guarantee[],
  configuration: Configuration,
): Promise<readonly VerifiedGuarantee[]> {
  const verified: VerifiedGuarantee[] = [];
  for (const { id, title, try: attempt } of guarantees) {
    try {
      verified.push({ id, title, ...(await attempt(configuration)) });
    } catch (cause) {
      verified.push({ id, title, state: 'broken', tries: 1, broken: [`it could not be tried: ${String(cause)}`] });
    }
  }
  return verified;
}
