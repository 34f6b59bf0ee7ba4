// Keeps one worker thread with the compiler: starts it when it is needed, ends it at a call's limit, replaces it when
// it died. It knows nothing of Rego.
import { Worker } from 'node:worker_threads';
import { loadCompiler } from './artifact.js';
import { type Answer, answered, type RegoError, refused } from './errors.js';
import type { Reply } from './instance.js';
import { createQueue } from './queue.js';
import type { WasmModule } from './webassembly.js';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.js';
import { workerUrl } from './worker-url.js';

/** Policies nested 20,000 deep compile with this; a thread's default of 4 overflows. */
const STACK_MIB = 16;

/** Sends requests to the compiler, one after another. */
export interface Host {
  /** Err kinds: `rego.timed_out`, `rego.crashed`, `rego.closed`, `rego.compiler_unavailable`, `rego.compiler_corrupt`. */
  call(request: string, timeoutMs: number): Promise<Answer<Reply>>;
  /** Drops the running instance, because its last reply was not to be trusted. */
  discard(): void;
  close(): Promise<void>;
}

/** Builds a host over the compiler module in that folder. Nothing is loaded before the first call. */
export function createHost(folder: URL): Host {
  const enqueue = createQueue();
  const closing = new AbortController();
  let worker: Worker | undefined;
  const discard = (): void => {
    void worker?.terminate();
    worker = undefined;
  };
  const run = async (request: string, timeoutMs: number): Promise<Answer<Reply>> => {
    if (closing.signal.aborted) return refused(CLOSED);
    const loaded = await loadCompiler(folder);
    if (closing.signal.aborted) return refused(CLOSED);
    if (!loaded.ok) return loaded;
    worker ??= startWorker(loaded.value, (ended) => {
      if (worker === ended) worker = undefined;
    });
    const answer = await ask(worker, request, timeoutMs, closing.signal);
    if (!answer.ok) discard();
    return answer;
  };
  return {
    call: (request, timeoutMs) => enqueue(() => run(request, timeoutMs)),
    discard,
    close: async () => {
      closing.abort();
      await worker?.terminate();
      worker = undefined;
    },
  };
}

const CLOSED = { kind: 'rego.closed', message: 'the compiler was closed' } as const satisfies RegoError;

/** The thread never keeps the process alive by itself: while a call runs, the timer of its limit does. */
function startWorker(module: WasmModule, onEnd: (ended: Worker) => void): Worker {
  const worker = new Worker(workerUrl(), {
    workerData: { module } satisfies WorkerStart,
    name: 'rego-compiler',
    env: {},
    execArgv: [],
    resourceLimits: { stackSizeMb: STACK_MIB },
  });
  worker.on('error', () => undefined).on('exit', () => onEnd(worker));
  worker.unref();
  return worker;
}

let calls = 0;

/** Asks a worker and waits for the first of: its answer, its death, the limit, the closing of the host. */
function ask(worker: Worker, request: string, limitMs: number, closing: AbortSignal): Promise<Answer<Reply>> {
  calls += 1;
  const id = calls;
  return new Promise((resolve) => {
    const settle = (answer: Answer<Reply>): void => {
      clearTimeout(timer);
      closing.removeEventListener('abort', onClose);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(answer);
    };
    const onClose = (): void => settle(refused(CLOSED));
    const onError = (cause: unknown): void => settle(crashed('the worker thread failed', cause));
    const onExit = (code: number): void => settle(crashed(`the worker thread ended with code ${code}`));
    const onMessage = (message: FromWorker): void => {
      if (message.id !== id) return;
      settle(message.kind === 'replied' ? answered(message.reply) : crashed(message.detail));
    };
    const timer = setTimeout(() => settle(refused(timedOut(limitMs))), limitMs);
    closing.addEventListener('abort', onClose);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage({ id, request } satisfies ToWorker);
  });
}

function timedOut(limitMs: number): RegoError {
  return { kind: 'rego.timed_out', message: 'the call ran longer than its limit', limitMs };
}

function crashed(detail: string, cause?: unknown): Answer<never> {
  const error = { kind: 'rego.crashed', message: 'the compiler died during the call', detail } as const;
  return refused(cause === undefined ? error : { ...error, cause });
}
