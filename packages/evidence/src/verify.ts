/** Checks the whole ledger from inside the process that has it open. */

import { join } from 'node:path';
import type { Verification } from '@meshclaw/core';
import { createCheck } from './check.js';
import type { DatabaseConstructor } from './database.js';
import { epochName } from './epoch.js';
import { splitNotes, type VerifierKey } from './note.js';
import { checkBlobs } from './offline/check-blobs.js';
import { checkNewest, presentEpochs } from './offline/present-epochs.js';
import { readDatabase } from './offline/read-database.js';
import { pagesInWorker } from './pages-in-worker.js';
import { closeQuietly } from './sqlite.js';

/** Where to find what is checked. */
export interface VerifySource {
  readonly sqlite: DatabaseConstructor;
  readonly folder: string;
  readonly blobs: string;
  readonly key: VerifierKey;
  /** Heads that were kept elsewhere, one note after the other. */
  readonly against?: string;
}

/** Reads everything back over a connection of its own, so that damage met on the way harms no other call. Throws when the file cannot be opened. */
export async function verifyStore({ sqlite, folder, blobs, key, against = '' }: VerifySource): Promise<Verification> {
  const check = createCheck(key);
  for (const note of splitNotes(against)) check.head(note, 'elsewhere');
  for (const epoch of await presentEpochs(folder)) {
    const path = join(folder, epochName(epoch));
    const database = new sqlite(path, { readOnly: true });
    try {
      await readDatabase(sqlite, database, check, key, epoch);
      for (const found of await pagesInWorker(path)) check.defects.add('unreadable', found);
    } finally {
      closeQuietly(database);
    }
  }
  await checkNewest(folder, check);
  const { size, root, heads, unchecked } = check.finish();
  await checkBlobs(blobs, check);
  return { size, root, heads, defects: check.defects.list, absent: check.absent, unchecked };
}
