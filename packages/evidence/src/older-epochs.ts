/** Opens the epochs before the present one, when a question reaches back to them. */

import { existsSync } from 'node:fs';
import { carriedRecords } from './carried.js';
import type { DatabaseConstructor } from './database.js';
import { epochPath } from './epoch-files.js';
import type { LedgerPaths } from './folder.js';
import { closeQuietly } from './sqlite.js';
import { createStore, type OlderEpochs, type Segment, type Signer, type Store } from './store.js';

/** The files of older epochs that are in the folder when they are first asked for. */
export function createOlderEpochs(sqlite: DatabaseConstructor, paths: LedgerPaths, signer: Signer): OlderEpochs {
  let known: readonly Segment[] | undefined;
  return {
    segments(current) {
      known ??= openSegments(current, (epoch) => openFile(sqlite, epochPath(paths, epoch), signer));
      return known;
    },
    close() {
      for (const segment of known ?? []) if (segment.kind === 'file') segment.store.close('after_failure');
      known = undefined;
    },
  };
}

function openSegments(current: Store, open: (epoch: number) => Store | undefined): readonly Segment[] {
  const carried = carriedRecords(current);
  const { epoch: last, frontier } = current.base();
  const segments: Segment[] = [];
  let edge = 0;
  const reach = (from: number): void => {
    if (from < edge) throw new Error('the epochs overlap');
    if (from === edge) return;
    const records = carried.filter(({ index }) => index >= edge && index < from);
    segments.push({ kind: 'absent', from: edge, to: from, carried: records });
  };
  try {
    for (let epoch = 1; epoch < last; epoch += 1) {
      const store = open(epoch);
      if (store === undefined) continue;
      const { size } = store.base().frontier;
      reach(size);
      segments.push({ kind: 'file', from: size, to: closedAt(store, epoch), store });
      edge = closedAt(store, epoch);
    }
    reach(frontier.size);
    return segments;
  } catch (cause) {
    for (const segment of segments) if (segment.kind === 'file') segment.store.close('after_failure');
    throw cause;
  }
}

function closedAt(store: Store, epoch: number): number {
  const closing = store.closing();
  if (closing === undefined || store.base().epoch !== epoch) throw new Error('an older epoch is not what it was');
  return closing.size;
}

/** Undefined when the file was moved or removed. */
function openFile(sqlite: DatabaseConstructor, path: string, signer: Signer): Store | undefined {
  if (!existsSync(path)) return undefined;
  const database = new sqlite(path, { readOnly: true });
  try {
    const store = createStore(database, signer);
    const key = store.statement("SELECT value FROM meta WHERE name = 'key'").get()?.value;
    if (key !== signer.key.text) throw new Error('an older epoch is of another ledger');
    return store;
  } catch (cause) {
    closeQuietly(database);
    throw cause;
  }
}
