/** Runs SQLite's check of every page in a thread of its own: it reads the whole file in one call, and nothing may wait for that. */

import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** What is wrong with the pages of the file, in words; nothing when all is well. Rejects when the check cannot be made. */
export function pagesInWorker(path: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl(), { workerData: { path } });
    worker.once('message', resolve);
    worker.once('error', reject);
    // After the answer this changes nothing.
    worker.once('exit', () => reject(new Error('the check of the pages ended without an answer')));
  });
}

/** Beside this module when it is built, in the folder of what is built when it is not: a thread runs JavaScript alone. */
function workerUrl(): URL {
  const beside = new URL('./pages-worker.js', import.meta.url);
  return existsSync(beside) ? beside : new URL('../dist/pages-worker.js', import.meta.url);
}
