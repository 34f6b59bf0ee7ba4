/** Opens the epoch that records are added to; begins it where the one before was closed and nobody did. */

import { err, ok, type Result } from 'neverthrow';
import { beginEpoch } from './begin-epoch.js';
import { untilFree } from './connection.js';
import { epochPath, noteBegun } from './epoch-files.js';
import type { LedgerOpenError } from './errors.js';
import { createDatabaseFile, type LedgerPaths } from './folder.js';
import { begunEpoch, presentEpochs } from './offline/present-epochs.js';
import { createOlderEpochs } from './older-epochs.js';
import { ledgerMissing, openTables, type TablesRequest, unavailable } from './open-tables.js';
import type { Store } from './store.js';

/** As {@link TablesRequest}; which file it is is found out. */
export type NewestRequest = Omit<TablesRequest, 'path' | 'older'> & { readonly paths: LedgerPaths };

/** A store of the newest epoch. Err kinds: those of `openTables`. Throws what the disk throws. */
export async function openNewest(request: NewestRequest): Promise<Result<Store, LedgerOpenError>> {
  const { paths, sqlite, signer, waitMs } = request;
  for (;;) {
    const newest = (await presentEpochs(paths.folder)).at(-1) ?? 1;
    const path = epochPath(paths, newest);
    const begun = await begunEpoch(paths.folder);
    if (newest < begun) return err(ledgerMissing(epochPath(paths, begun)));
    if (newest === 1) await createDatabaseFile(path);
    const older = createOlderEpochs(sqlite, paths, signer);
    const mayCreate = request.mayCreate && newest === 1;
    const store = await openTables({ ...request, path, older, mayCreate });
    if (store.isErr()) return err(store.error);
    const state = await untilFree(() => ({ epoch: store.value.base().epoch, closing: store.value.closing() }), waitMs);
    if (state.isOk() && state.value.epoch === newest && state.value.closing === undefined) {
      if (newest > 1) await noteBegun(paths, newest);
      return ok(store.value);
    }
    try {
      if (state.isErr()) return err(unavailable(path, state.error));
      if (state.value.epoch !== newest) return err(otherEpoch(path));
      if (state.value.closing !== undefined) await beginEpoch(request, store.value, state.value.closing);
    } finally {
      store.value.close('in_order');
    }
  }
}

function otherEpoch(path: string): LedgerOpenError {
  const message = 'the file is not the epoch that its name says';
  const remedy = 'give each file of the ledger its own name back';
  return { kind: 'evidence.damaged', message, remedy, path, defects: [{ kind: 'out_of_order', message }] };
}
