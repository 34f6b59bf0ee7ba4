/** Evaluates in a thread of its own with a deadline: for every policy that is not wholly ours. A thread that is late or dies is replaced. */

import { Worker } from 'node:worker_threads';
import type { JsonObject } from '@meshclaw/core';
import { startDeadline } from './deadline.js';
import { type Evaluated, type Evaluator, thrownText } from './evaluate.js';
import type { CompiledModule } from './evaluator.js';
import { printBounded } from './printed-lines.js';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.js';
import { workerUrl } from './worker-url.js';

/** Starting loads the evaluator and the policy's data; a machine with other things to do needs seconds. */
const START_MS = 30_000;
/** A thread's own objects: one result set and its text. */
const HEAP_MIB = 128;

export interface ApartOptions {
  readonly module: CompiledModule;
  readonly data: JsonObject;
  readonly entrypoint: string;
  /** Asked before each evaluation. */
  readonly deadlineMs: () => number;
}

/** Starts the thread. Rejects when the module is not usable there. */
export async function evaluateApart(options: ApartOptions): Promise<Evaluator> {
  let thread: Promise<Worker> | undefined = startThread(options);
  await thread;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const end = async (): Promise<void> => {
    const ending = thread;
    thread = undefined;
    await (await ending?.catch(() => undefined))?.terminate();
  };
  const one = async (text: string): Promise<Evaluated> => {
    if (closed) return { thrown: 'the policy was closed' };
    try {
      thread ??= startThread(options);
      const evaluated = await ask(await thread, text, options.deadlineMs());
      if ('dead' in evaluated || 'timedOut' in evaluated) void end(); // whoever asked need not wait for that
      return 'dead' in evaluated ? { thrown: evaluated.dead } : evaluated;
    } catch (cause) {
      void end();
      return { thrown: thrownText(cause) };
    }
  };
  return {
    evaluate: (text) => {
      const evaluated = last.then(() => one(text));
      last = evaluated;
      return evaluated;
    },
    discard: () => {
      void thread?.then(
        (worker) => worker.postMessage({ kind: 'discard' } satisfies ToWorker),
        () => {},
      );
    },
    close: async () => {
      closed = true;
      await end();
    },
  };
}

/** A thread that is ready, and that does not keep the process alive by itself. */
function startThread({ module, data, entrypoint }: ApartOptions): Promise<Worker> {
  const worker = new Worker(workerUrl(), {
    workerData: { module, data, entrypoint } satisfies WorkerStart,
    name: 'policy',
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB, maxYoungGenerationSizeMb: 32 },
  });
  worker.stdout.on('data', printBounded);
  worker.stderr.on('data', printBounded);
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    const refuse = (cause: unknown): void => {
      settle();
      void worker.terminate();
      reject(cause);
    };
    const onError = (cause: unknown): void => refuse(cause);
    const onExit = (code: number): void => refuse(new Error(`the policy's thread ended with code ${code}`));
    const onMessage = (message: FromWorker): void => {
      if (message.kind === 'refused') {
        refuse(new Error(message.detail));
        return;
      }
      settle();
      worker.on('error', () => {}).unref(); // an error without a question: the next one finds the thread gone
      resolve(worker);
    };
    const timer = setTimeout(() => refuse(new Error("the policy's thread did not start")), START_MS);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

let asked = 0;

/** Asks and waits for the first of: its answer, its death, the deadline. */
function ask(worker: Worker, text: string, deadlineMs: number): Promise<Evaluated | { readonly dead: string }> {
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    const settle = (evaluated: Evaluated | { readonly dead: string }): void => {
      callOff();
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(evaluated);
    };
    const onError = (cause: unknown): void => settle({ dead: thrownText(cause) });
    const onExit = (code: number): void => settle({ dead: `the policy's thread ended with code ${code}` });
    const onMessage = (message: FromWorker): void => {
      if (message.kind === 'answered' && message.id === id) settle({ results: JSON.parse(message.text) });
      if (message.kind === 'threw' && message.id === id) settle({ thrown: message.detail });
    };
    const callOff = startDeadline(deadlineMs, () => settle({ timedOut: deadlineMs }));
    if (worker.threadId < 0) {
      settle({ dead: "the policy's thread is gone" });
      return;
    }
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage({ kind: 'evaluate', id, text } satisfies ToWorker);
  });
}
