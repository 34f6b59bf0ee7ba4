/** Begins the epoch after one that was closed: a file that appears whole or not at all, the same whoever writes it. */

import { link, open, rm } from 'node:fs/promises';
import { canonicalJson, type JsonValue, type StoredRecord } from '@meshclaw/core';
import type { ContinuedBody } from './carried.js';
import { type Carried, chooseCarried } from './carry.js';
import type { Database, DatabaseConstructor } from './database.js';
import { BASE, baseText, type Closing } from './epoch.js';
import { epochPath, noteBegun } from './epoch-files.js';
import { type LedgerPaths, syncFolder, temporaryName } from './folder.js';
import { storeGroup } from './group.js';
import { type Draft, draftRecord, toWire, type WireRecord } from './record.js';
import { SCHEMA } from './schema.js';
import { closeQuietly } from './sqlite.js';
import { createStore, type Signer, type Store } from './store.js';

export interface BeginRequest {
  readonly sqlite: DatabaseConstructor;
  readonly paths: LedgerPaths;
  readonly signer: Signer;
  readonly id: string;
}

/** Writes the epoch after that of a closed store, unless another process did. Throws what the disk or SQLite throws. */
export async function beginEpoch(request: BeginRequest, closed: Store, closing: Closing): Promise<void> {
  const { paths, sqlite } = request;
  const epoch = closed.base().epoch + 1;
  const path = epochPath(paths, epoch);
  const temporary = temporaryName(path);
  try {
    // Made here, so that SQLite never creates a file that others may read.
    await (await open(temporary, 'wx', 0o600)).close();
    const database = new sqlite(temporary);
    try {
      fill(request, database, closed, closing);
    } finally {
      closeQuietly(database);
    }
    await named(temporary, path);
    await syncFolder(paths.folder);
    await noteBegun(paths, epoch);
  } finally {
    for (const file of [temporary, `${temporary}-journal`]) await rm(file, { force: true });
  }
}

/** A link, not a rename: whoever comes second changes nothing. */
async function named(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
}

function fill({ signer, id }: BeginRequest, database: Database, closed: Store, closing: Closing): void {
  const { frontier } = closed.tail();
  const head = String(closed.statement('SELECT note FROM head ORDER BY size DESC LIMIT 1').get()?.note);
  if (closing.size !== frontier.size) throw new Error('the closed epoch does not end where it was closed');
  const base = { epoch: closed.base().epoch + 1, frontier, head };
  const carried = chooseCarried(closed, closing);
  // The whole file is one transaction and has no name yet: no log is needed.
  database.exec('PRAGMA synchronous = FULL; BEGIN');
  database.exec(SCHEMA);
  const meta = { id, origin: signer.key.origin, key: signer.key.text, [BASE]: baseText(base) };
  const say = database.prepare('INSERT INTO meta (name, value) VALUES (?, ?)');
  for (const [name, value] of Object.entries(meta)) say.run(name, value);
  const take = database.prepare('INSERT INTO once (key, idx) VALUES (?, ?)');
  for (const [key, index] of Object.entries(carried.once)) take.run(key, index);
  const drafts = partsOf(base.epoch, head, carried).map((body) => draftOf(body, closing.writer));
  storeGroup(createStore(database, signer), {
    entries: [{ drafts, unless: undefined }],
    // Of the closing, not of now: the same bytes, and so the same signed head, whoever writes them.
    recordedAt: closing.at,
    wantsHead: true,
  });
  database.exec('COMMIT');
}

/** Enough that there are few parts, little enough that one is read at once. */
const PART_CHARACTERS = 1024 * 1024;
const PART_KEYS = 10_000;

/** What is brought along, in parts. */
function partsOf(epoch: number, head: string, { records, once }: Carried): readonly ContinuedBody[] {
  const pages = pagesOf(records);
  const keys = Object.entries(once);
  const parts = Math.max(1, pages.length, Math.ceil(keys.length / PART_KEYS));
  return Array.from({ length: parts }, (_, at) => ({
    ...{ epoch, part: at + 1, parts, head },
    records: (pages[at] ?? []) as ContinuedBody['records'],
    once: Object.fromEntries(keys.slice(at * PART_KEYS, (at + 1) * PART_KEYS)),
  }));
}

function pagesOf(records: readonly StoredRecord[]): readonly WireRecord[][] {
  const pages: WireRecord[][] = [];
  let room = 0;
  for (const record of records) {
    const wire = toWire(record);
    const length = canonicalJson(wire as JsonValue).length;
    if (length > room || pages.length === 0) {
      pages.push([]);
      room = PART_CHARACTERS;
    }
    pages.at(-1)?.push(wire);
    room -= length;
  }
  return pages;
}

/** A part is as large as the largest record and what is around it. */
const PART_LIMIT_BYTES = 16 * 1024 * 1024;

function draftOf(body: ContinuedBody, writer: string): Draft {
  return draftRecord({ type: 'ledger.continued', body }, writer, undefined, PART_LIMIT_BYTES).match(
    (draft) => draft,
    (error) => {
      throw new Error(error.message, { cause: error.cause });
    },
  );
}
