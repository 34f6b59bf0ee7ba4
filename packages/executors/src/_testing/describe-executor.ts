/** The contract suite: what "performs commands" means, asked of a real executor on a real machine. */

import type { Executor, ExecutorSession } from '@meshclaw/core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { boundCases } from './bound-cases.js';
import { type ContractTest, call } from './call.js';
import { detachedCases } from './detached-cases.js';
import { processCases } from './process-cases.js';
import { togetherCases } from './together-cases.js';
import { wordCases } from './word-cases.js';

/** A running executor: its settings, one that nothing answers for (where there is such a thing) and what to tidy up. */
export interface ExecutorUnderTest {
  readonly executor: Executor;
  readonly settings: unknown;
  /** Settings of something that does not answer. */
  readonly unreachable?: unknown;
  stop?(): Promise<void>;
}
const CASES = { ...wordCases, ...processCases, ...boundCases, ...togetherCases, ...detachedCases };
/** A title of the suite; what a skip names. */
export type ContractCase = keyof typeof CASES | typeof UNREACHABLE | typeof IDEMPOTENT;
const UNREACHABLE = 'answers unreachable within the deadline when nothing answers';
const IDEMPOTENT = 'closes twice without harm and answers an error afterwards';

/** Declares the suite. The system under test is a POSIX one with `sh`, `printf`, `cat`, `sleep`, `env`, `head` and `wc`. A skipped case prints its reason. */
export function describeExecutor(
  name: string,
  start: () => Promise<ExecutorUnderTest>,
  skips: Partial<Record<ContractCase, string>> = {},
): void {
  describe(`${name} keeps the executor contract`, () => {
    let under: ExecutorUnderTest;
    let session: ExecutorSession;
    const declare = (title: ContractCase, test: () => Promise<void>) => {
      const reason = skips[title];
      const skip = 'the executor runs nothing detached';
      const declared = async (context: { skip(note: string): never }) =>
        title in detachedCases && session.detached === undefined ? context.skip(skip) : test();
      if (reason === undefined) it(title, declared, 60_000);
      else it(`${title} [skipped: ${reason}]`, (context) => context.skip(reason));
    };
    beforeAll(async () => {
      under = await start();
      session = await opened(under, under.settings);
    });
    afterAll(async () => {
      await session?.close();
      await under?.stop?.();
    });
    for (const [title, test] of Object.entries<ContractTest>(CASES))
      declare(title as ContractCase, () => test({ session, reopen: () => opened(under, under.settings) }));
    declare(IDEMPOTENT, () => closesTwice(under));
    declare(UNREACHABLE, () => staysWithinDeadline(under));
  });
}

async function opened(under: ExecutorUnderTest, settings: unknown): Promise<ExecutorSession> {
  return (await open(under, settings))._unsafeUnwrap();
}

const open = (under: ExecutorUnderTest, settings: unknown, timeoutMs = 20_000) =>
  under.executor.open(under.executor.settings.parse(settings), call({ timeoutMs }));

async function closesTwice(under: ExecutorUnderTest): Promise<void> {
  const session = await opened(under, under.settings);
  await session.close();
  await session.close();
  const after = await session.perform({ kind: 'command', argv: ['true'], as: 'login' }, call());
  if (after.isOk()) throw new Error('a closed session performed an action');
}

async function staysWithinDeadline(under: ExecutorUnderTest): Promise<void> {
  if (under.unreachable === undefined) throw new Error('no unreachable settings were given: give them or a skip');
  const startedAtMs = performance.now();
  const answer = await open(under, under.unreachable, 2_000);
  if (performance.now() - startedAtMs > 4_000) throw new Error('it took longer than the deadline and two seconds');
  if (answer.isOk()) throw new Error('it opened a session where nothing answers');
  if (answer.error.kind !== 'unreachable') throw new Error(`the error is ${answer.error.kind}`);
}
