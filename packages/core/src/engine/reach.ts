/** Opens a session to a target by the first way that works, and always gives it back. */

import { err, type Result } from 'neverthrow';
import type { ActionKind } from '../action.js';
import type { CallOptions, ExecutorError, ExecutorSession } from '../executor.js';
import type { Refusal } from '../refusal.js';
import type { Target } from '../target.js';
import type { Engine } from './engine.js';
import { type About, notSent, unsupportedHere } from './refuse.js';

export interface Reached {
  readonly session: ExecutorSession;
  readonly executor: string;
}

/** Runs `use` with an open session. Only `unreachable` and `unsupported` lead to the next way. Err kinds: `unsupported`, `not_sent`, and those of `use`. */
export async function withSession<T>(
  engine: Engine,
  target: Target,
  via: ActionKind,
  call: CallOptions,
  about: About,
  use: (reached: Reached) => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> {
  const opened = await openFirst(engine, target, via, call);
  if ('kind' in opened) return err(notSent(about, opened));
  if ('none' in opened) return err(unsupportedHere(about, opened.none));
  try {
    return await use(opened);
  } finally {
    // What was done was done: a session that cannot be given back changes no answer.
    await opened.session.close().catch(() => undefined);
  }
}

async function openFirst(
  engine: Engine,
  target: Target,
  via: ActionKind,
  call: CallOptions,
): Promise<Reached | ExecutorError | { readonly none: string }> {
  let failure: ExecutorError | undefined;
  for (const { executor: id, settings } of target.reach) {
    const executor = engine.executors.get(id);
    if (executor?.performs !== via) continue;
    const parsed = executor.settings.safeParse(settings);
    if (!parsed.success) return { kind: 'invalid_settings', message: 'the settings do not fit the executor' };
    const session = await executor.open(parsed.data, call);
    if (session.isOk()) return { session: session.value, executor: id };
    failure = session.error;
    if (failure.kind !== 'unreachable' && failure.kind !== 'unsupported') return failure;
  }
  return failure ?? { none: 'no executor of this installation reaches the target this way' };
}
