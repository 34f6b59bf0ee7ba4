/** The thread that evaluates a policy which is not ours. It answers one text at a time and can be ended at any moment. */

import { parentPort, workerData } from 'node:worker_threads';
import { type Evaluator, evaluateHere, thrownText } from './evaluate.js';
import { startModule } from './evaluator.js';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.js';

/** A decision has a few hundred bytes; what is larger than any request is none. */
const MOST_CHARACTERS = 256 * 1024;

const tell = (message: FromWorker): void => parentPort?.postMessage(message);

function told(id: number, evaluated: ReturnType<Evaluator['evaluate']>): FromWorker {
  if (!('results' in evaluated)) return { kind: 'threw', id, detail: 'thrown' in evaluated ? evaluated.thrown : '' };
  const text = JSON.stringify(evaluated.results) ?? '';
  return text.length > MOST_CHARACTERS
    ? { kind: 'threw', id, detail: 'the answer is larger than 256 KiB' }
    : { kind: 'answered', id, text };
}

try {
  const { module, data, entrypoint } = workerData as WorkerStart;
  const here = evaluateHere(await startModule(module, data, entrypoint));
  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'discard') here.discard();
    else tell(told(message.id, here.evaluate(message.text)));
  });
  tell({ kind: 'ready' });
} catch (cause) {
  tell({ kind: 'refused', detail: thrownText(cause) });
}
