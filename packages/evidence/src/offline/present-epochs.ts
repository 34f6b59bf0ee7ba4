/** Which epochs of a ledger are in its folder, and which began last. Imports nothing but Node. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerCheck } from '../check.js';
import { BEGUN, epochOf } from '../epoch.js';

/** The epochs whose files are in a folder, in their order; none when there is no folder. */
export async function presentEpochs(folder: string): Promise<number[]> {
  try {
    const names = await readdir(folder);
    return names.flatMap((name) => epochOf(name) ?? []).sort((left, right) => left - right);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

/** The newest epoch that was seen to have begun: should its file be gone, the ledger must not go on from an older one. */
export async function begunEpoch(folder: string): Promise<number> {
  try {
    const text = await readFile(join(folder, BEGUN), 'utf8');
    // What cannot be read is no reason to believe that nothing was begun.
    return /^[1-9]\d{0,8}\n$/.test(text) ? Number(text) : Number.MAX_SAFE_INTEGER;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 1;
    throw cause;
  }
}

/** Names the newest epoch when it began and is not there: that it is not the newest makes no other epoch absent unseen. */
export async function checkNewest(folder: string, check: LedgerCheck): Promise<void> {
  const newest = (await presentEpochs(folder)).at(-1) ?? 1;
  if ((await begunEpoch(folder)) > newest) check.defects.add('truncated', 'the newest epoch of the ledger is absent');
}
