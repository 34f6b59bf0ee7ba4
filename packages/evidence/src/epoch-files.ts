/** The files of a ledger's epochs. */

import { join } from 'node:path';
import { epochName } from './epoch.js';
import { type LedgerPaths, replaceFile } from './folder.js';
import { begunEpoch } from './offline/present-epochs.js';

/** Where an epoch's file lies. */
export const epochPath = ({ folder }: LedgerPaths, epoch: number): string => join(folder, epochName(epoch));

/** Notes that an epoch has begun. */
export async function noteBegun(paths: LedgerPaths, epoch: number): Promise<void> {
  if ((await begunEpoch(paths.folder)) < epoch) await replaceFile(paths.epoch, `${epoch}\n`);
}
