/** The thread in which SQLite checks every page of a file. Told the path, it answers with what is wrong. */

import { parentPort, workerData } from 'node:worker_threads';
import { pageDefects } from './offline/read-database.js';
import { loadSqlite } from './sqlite.js';

/** Another process may hold the file for a moment; waiting stops nobody here. */
const BUSY_MS = 10_000;

const { path } = workerData as { readonly path: string };
const sqlite = await loadSqlite();
const database = new sqlite(path, { readOnly: true });
database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
const found = pageDefects(database);
database.close();
parentPort?.postMessage(found);
