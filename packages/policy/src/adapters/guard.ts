/** Policy before any function: it is called when policy allows it, and not otherwise. */

import type { AskedAction, Decision, Refusal } from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { type Decide, decided, type Undecided } from './decide.js';
import { unmetByDoing } from './obligations.js';

/** Why there is no value. Only `policy.function_failed` and `policy.unverified` say that the function was called. */
export type GuardError =
  | Undecided
  | { readonly kind: 'policy.denied'; readonly message: string; readonly decision: Decision }
  | { readonly kind: 'policy.approval_required'; readonly message: string; readonly decision: Decision }
  /** The decision demands what nobody here can do. */
  | {
      readonly kind: 'policy.unmet_obligation';
      readonly message: string;
      readonly decision: Decision;
      readonly obligations: readonly string[];
    }
  /** The mesh could not keep the decision, or was frozen meanwhile. */
  | { readonly kind: 'policy.refused'; readonly message: string; readonly refusal: Refusal }
  | { readonly kind: 'policy.function_failed'; readonly message: string; readonly cause: unknown }
  | { readonly kind: 'policy.unverified'; readonly message: string; readonly cause?: unknown };

export interface GuardOptions<T> {
  /** Looks whether it holds. Changes that policy lets run by themselves are refused without it. */
  readonly verify?: (value: T) => boolean | Promise<boolean>;
}

/**
 * Calls `run` when policy allows the action, and answers its value. Nothing else calls it: no answer, a broken one, a throwing
 * policy and a demand that cannot be met are errors. Err kinds: every `GuardError`.
 */
export function guard<T>(
  decide: Decide,
  action: AskedAction,
  run: (decision: Decision) => T | Promise<T>,
  options: GuardOptions<T> = {},
): ResultAsync<T, GuardError> {
  return new ResultAsync(guarded(decide, () => action, run, options));
}

/** The same for an action that is worked out from input, and with a look for a yes where one is needed. Never rejects. */
export async function guarded<T>(
  decide: Decide,
  action: () => AskedAction,
  run: (decision: Decision) => T | Promise<T>,
  { verify, approved = () => false }: GuardOptions<T> & { readonly approved?: (decision: Decision) => boolean },
): Promise<Result<T, GuardError>> {
  const answer = await decided(decide, action);
  if (answer.isErr()) return err(notDecided(answer.error));
  const decision = answer.value;
  const refused = approved(decision) ? undefined : refusalOf(decision, verify !== undefined);
  if (refused) return err(refused);
  const value = await ResultAsync.fromPromise(called(run, decision), (cause) => failed(cause));
  if (value.isErr() || !decision.obligations.some(({ type }) => type === 'verify')) return value;
  return verified(value.value, verify);
}

/** Why this decision is no leave to go on, or undefined where it is one. */
function refusalOf(decision: Decision, verifies: boolean): GuardError | undefined {
  switch (decision.effect) {
    case 'deny':
      return { kind: 'policy.denied', message: 'policy denies this', decision };
    case 'approval_required':
      return { kind: 'policy.approval_required', message: 'a person has to approve this first', decision };
    case 'read_state':
    case 'auto_safe': {
      const obligations = unmetByDoing(decision, verifies);
      const message = 'policy allows this only with something that cannot be done here';
      return obligations.length === 0 ? undefined : { kind: 'policy.unmet_obligation', message, decision, obligations };
    }
  }
}

/** What kept policy from answering, as an error of a guard. */
const notDecided = (error: Undecided | Refusal): GuardError =>
  error.kind === 'policy.undecided' ? error : { kind: 'policy.refused', message: error.message, refusal: error };

async function called<T>(run: (decision: Decision) => T | Promise<T>, decision: Decision): Promise<T> {
  return run(decision);
}

const failed = (cause: unknown): GuardError => ({
  kind: 'policy.function_failed',
  message: 'the function was called and failed',
  cause,
});

async function verified<T>(value: T, verify: GuardOptions<T>['verify']): Promise<Result<T, GuardError>> {
  try {
    if ((await verify?.(value)) === true) return ok(value);
    return err({ kind: 'policy.unverified', message: 'it was done, and it does not hold' });
  } catch (cause) {
    return err({ kind: 'policy.unverified', message: 'it was done, and whether it holds is not known', cause });
  }
}
