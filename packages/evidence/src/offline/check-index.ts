/** Checks what `ledger.db` keeps beside the records: used keys, and the blocks and their index. Imports nothing but Node. */

import { BLOCK_RECORDS, blockOf, postingsOf } from '../block.js';
import { bytesOf } from '../cell.js';
import type { LedgerCheck } from '../check.js';
import type { Database } from '../database.js';
import { type Envelope, type TermValues, termValues } from '../envelope.js';
import type { EpochBase } from '../epoch.js';
import { packPeaks, sameBytes, toHex } from '../merkle.js';

export interface IndexCheck {
  /** Each record in order, once the check has seen it; undefined where there is none. Throws SQLite's errors. */
  record(index: number, envelope: Envelope | undefined): void;
  /** Names rows that belong to no record below `end`. Throws SQLite's errors. */
  finish(end: number): void;
}

/** What a block is compared with, as far as it was read. */
interface Block {
  readonly terms: TermValues[];
  readonly times: string[];
}

/** A check of the rows beside the records, over the same connection. */
export function createIndexCheck(database: Database, check: LedgerCheck, base: EpochBase): IndexCheck {
  const add = check.defects.add;
  const onceRow = lazily(() => database.prepare('SELECT idx FROM once WHERE key = ?'));
  const blockRow = lazily(() => database.prepare('SELECT root, peaks, earliest, latest FROM block WHERE number = ?'));
  const termRow = lazily(() => database.prepare('SELECT places FROM term WHERE term = ? AND block = ?'));
  const allTerms = lazily(() => database.prepare(AGREEING));
  const rows = { once: 0, terms: 0, blocks: 0 };
  let block: Block = { terms: [], times: [] };

  function compareBlock(number: number): void {
    const { terms, times } = block;
    block = { terms: [], times: [] };
    const start = number * BLOCK_RECORDS;
    const firstPlace = Math.max(0, base.frontier.size - start);
    if (terms.length !== BLOCK_RECORDS - firstPlace) return;
    const postings = postingsOf(terms, firstPlace);
    rows.terms += postings.length;
    const agree = allTerms().get(
      JSON.stringify(postings.map(([term, places]) => [term, hexOf(places)])),
      number,
    )?.agree;
    // Only where not all agree in one question is each asked for alone.
    for (const [term, places] of agree === postings.length ? [] : postings) {
      const found = bytesOf(termRow().get(term, number)?.places);
      if (!sameBytes(found, places)) add('bad_leaf', 'the index does not say what the records say', start);
    }
    const row = blockRow().get(number);
    const edge = check.edge();
    if (row === undefined || edge === undefined) return;
    rows.blocks += 1;
    times.sort();
    const isTree = sameBytes(bytesOf(row.peaks), packPeaks(edge.frontier));
    if (!isTree || !sameBytes(bytesOf(row.root), edge.blockRoot ?? EMPTY)) {
      add('bad_root', 'the stored tree is not the tree of the records', start);
    }
    if (row.earliest !== times[0] || row.latest !== times.at(-1)) {
      add('bad_leaf', 'the index does not say when the records were stored', start);
    }
  }

  return {
    record(index, envelope) {
      if (envelope !== undefined) {
        block.terms.push(termValues(envelope));
        for (const [key, at] of broughtAlong(envelope, base)) {
          rows.once += 1;
          if (onceRow().get(key)?.idx !== at) add('bad_leaf', 'a key that was brought along is not kept', index);
        }
        block.times.push(String(envelope.recorded_at));
        if (typeof envelope.once === 'string') {
          rows.once += 1;
          if (onceRow().get(envelope.once)?.idx !== index) add('bad_leaf', 'the key of a record is not kept', index);
        }
      }
      if ((index + 1) % BLOCK_RECORDS === 0) compareBlock(blockOf(index));
    },
    finish(end) {
      if (check.edge() === undefined) return;
      const counted = (sql: string, bound: number): number => Number(database.prepare(sql).get(bound)?.count);
      const blocks = blockOf(end);
      const own = blocks - blockOf(base.frontier.size);
      const found = {
        once: counted('SELECT count(*) AS count FROM once WHERE idx < ?', end),
        terms: counted('SELECT count(*) AS count FROM term WHERE block < ?', blocks),
        blocks: counted('SELECT count(*) AS count FROM block WHERE number < ?', blocks),
      };
      if (found.once !== rows.once) add('bad_leaf', 'keys are kept that no record has');
      if (found.terms !== rows.terms) add('bad_leaf', 'the index names records that are not there');
      if (found.blocks !== rows.blocks || rows.blocks !== own)
        add('bad_root', 'the stored tree lacks blocks, or has others');
    },
  };
}

/** How many of the terms given as JSON, each with its places in hex, a block has exactly so. */
const AGREEING = `SELECT count(*) AS agree FROM json_each(?) AS wanted CROSS JOIN term
ON term.term = wanted.value ->> 0 AND term.block = ? WHERE hex(term.places) = wanted.value ->> 1`;

/** The keys that an epoch's first records bring along, with their records' indices. */
function broughtAlong({ type, body }: Envelope, { epoch, head }: EpochBase): readonly [string, unknown][] {
  const continued = body as { readonly epoch?: unknown; readonly once?: unknown } | null;
  if (type !== 'ledger.continued' || head === undefined || continued?.epoch !== epoch) return [];
  return Object.entries(continued.once ?? {});
}

const EMPTY = new Uint8Array();
const hexOf = (bytes: Uint8Array): string => toHex(bytes).toUpperCase();

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
