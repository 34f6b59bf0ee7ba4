/** Short forms the contract's cases are written in. */

import type { CallOptions, CommandAction, ExecutorSession, Exited, Outcome } from '@meshclaw/core';

/** What a case is given. */
export interface ContractSubject {
  readonly session: ExecutorSession;
  readonly reopen: () => Promise<ExecutorSession>;
}
/** One case: it rejects when the contract is broken. */
export type ContractTest = (subject: ContractSubject) => Promise<void>;

/** Generous bounds, with those a case is about replaced. */
export const call = (bounds: Partial<CallOptions> = {}): CallOptions => ({
  executionId: 'contract',
  timeoutMs: 30_000,
  maxOutputBytes: 1_048_576,
  ...bounds,
});

/** A command as the login. */
export const action = (argv: CommandAction['argv'], more: Partial<CommandAction> = {}): CommandAction => ({
  kind: 'command',
  argv,
  as: 'login',
  ...more,
});

/** A shell script, its parameters from `$1` on. */
export const script = (text: string, ...parameters: string[]): CommandAction =>
  action(['sh', '-c', text, 'contract', ...parameters]);

/** Performs it; an Err rejects. */
export async function outcomeOf(
  session: ExecutorSession,
  wanted: CommandAction,
  bounds: Partial<CallOptions> = {},
): Promise<Outcome> {
  return (await session.perform(wanted, call(bounds)))._unsafeUnwrap();
}

/** Performs it; anything but an exit rejects. */
export async function exitOf(
  session: ExecutorSession,
  wanted: CommandAction,
  bounds: Partial<CallOptions> = {},
): Promise<Exited> {
  const outcome = await outcomeOf(session, wanted, bounds);
  if (outcome.kind !== 'exited') throw new Error(`the outcome is ${outcome.kind}, not exited`);
  return outcome;
}
