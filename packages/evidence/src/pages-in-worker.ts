/** Runs SQLite's check of every page in a thread of its own: it reads the whole file in one call, and nothing may wait for that. */

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { builtinSqlite } from './offline/builtin-sqlite.js';

/** What is wrong with the pages of the file, in words; nothing when all is well. Throws when the check cannot be made. */
export function pagesInWorker(path: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(PROGRAM, { eval: true, workerData: { path, sqlite: moduleName() } });
    worker.once('message', resolve);
    worker.once('error', reject);
    // After the answer this changes nothing.
    worker.once('exit', () => reject(new Error('the check of the pages ended without an answer')));
  });
}

/** The same SQLite as everywhere else. */
function moduleName(): string {
  if (builtinSqlite() !== undefined) return 'node:sqlite';
  return pathToFileURL(createRequire(import.meta.url).resolve('@photostructure/sqlite')).href;
}

/** A text and not a file: a bundle of this package has no other file to find. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
process.removeAllListeners('warning');
import(workerData.sqlite).then(({ DatabaseSync, default: whole }) => {
  const database = new (DatabaseSync ?? whole.DatabaseSync)(workerData.path, { readOnly: true });
  const lines = [];
  try {
    database.exec('PRAGMA busy_timeout = 10000');
    for (const row of database.prepare('PRAGMA integrity_check(20)').all()) lines.push(String(Object.values(row)[0]));
  } catch (cause) {
    lines.push('the pages cannot be checked: ' + (cause instanceof Error ? cause.message : String(cause)));
  }
  database.close();
  parentPort.postMessage(lines.filter((line) => line !== 'ok').map((line) => 'the file is damaged: ' + line));
});
`;
