/** The port that faces explain decisions through, over one policy that was opened once. */

import type { DecisionRequest, JsonValue, PolicyTools } from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { readPolicyInput } from '../../bundle/policy-input.js';
import { withCompiler } from '../../bundle/rego-compiler.js';
import type { PolicyError } from '../../errors.js';
import { type OpenPolicyOptions, openWholePolicy } from '../../open-policy.js';
import { withOperations } from '../../own-operations.js';
import { placedIn, placeError } from '../place.js';
import { type Explainable, explainWith } from './explain.js';
import type { Explanation } from './explanation.js';

/** Explains decisions of one policy. */
export interface Explainer extends PolicyTools {
  /** The same, typed. Err kinds: `policy.unexplained`, `policy.compiler_unavailable`. */
  explanation(request: DecisionRequest): Promise<Result<Explanation, PolicyError>>;
}

/** Opens the policy and explains with it. Err kinds: those of `openPolicy`. */
export async function createPolicyTools(options: OpenPolicyOptions): Promise<Result<Explainer, PolicyError>> {
  const input = readPolicyInput(options).andThen((read) => withOperations(read, options.operations));
  if (input.isErr()) return err(placeError(input.error, options.ownerFolder));
  const opened = await openWholePolicy(options);
  if (opened.isErr()) return err(placeError(opened.error, options.ownerFolder));
  const { compile } = input.value;
  const explainable: Explainable = { policy: opened.value, compile, place: placedIn(options.ownerFolder) };
  const explanation = (request: DecisionRequest) => withCompiler((rego) => explainWith(rego, explainable, request));
  return ok({
    explanation,
    explain: (request) => new ResultAsync(explanation(request)).map((value) => value as unknown as JsonValue),
  });
}
