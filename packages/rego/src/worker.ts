// The thread that runs the compiler. It answers one request at a time and drops its instance after any throw.
import { parentPort, workerData } from 'node:worker_threads';
import { createInstance, type Instance } from './instance.js';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.js';

const { module } = workerData as WorkerStart;
let instance: Instance | undefined;

function answer(message: ToWorker): FromWorker {
  try {
    instance ??= createInstance(module);
    return { id: message.id, kind: 'replied', reply: instance.call(message.request) };
  } catch (thrown) {
    const detail = [String(thrown), instance?.stderr() ?? ''].filter((text) => text !== '').join('\n');
    instance = undefined;
    return { id: message.id, kind: 'died', detail };
  }
}

parentPort?.on('message', (message: ToWorker) => {
  const answered = answer(message);
  parentPort?.postMessage(answered, answered.kind === 'replied' ? [answered.reply.blob.buffer] : []);
});
