/** The cheap check at every opening: the newest records are those that the last signed head was signed over. */

import { splitChunk } from './block.js';
import { bytesOf } from './cell.js';
import { createDefects, type Defect } from './defect.js';
import { readEnvelope } from './envelope.js';
import { type Frontier, hashFramed, pushLeaf, rootOf, sameBytes } from './merkle.js';
import { readHead, type TreeHead, type VerifierKey } from './note.js';
import type { Store } from './store.js';
import { lastBlock } from './tail.js';

/** What is wrong with the end of the ledger, as it is in one read transaction. Throws SQLite's errors. */
export function checkTail(store: Store, key: VerifierKey): Defect[] {
  const defects = createDefects();
  const last = store.statement('SELECT note FROM head ORDER BY size DESC LIMIT 1').get();
  const reading = typeof last?.note === 'string' ? readHead(last.note, key) : undefined;
  if (reading === undefined) defects.add('truncated', 'the signed heads are absent', 0);
  else if (reading.kind !== 'good') defects.add(reading.kind, reading.message);
  else {
    const found = wrongBase(store, key) ?? wrongRecords(store, reading.head);
    if (found !== undefined) defects.list.push(found);
  }
  return defects.list;
}

/** An epoch begins on the tree that the one before was closed with. */
function wrongBase(store: Store, key: VerifierKey): Defect | undefined {
  const { frontier, head } = store.base();
  if (head === undefined) return undefined;
  const reading = readHead(head, key);
  if (reading.kind !== 'good') return defect(reading.kind, reading.message, frontier.size);
  const same = reading.head.size === frontier.size && !headDiffers(frontier, reading.head);
  return same ? undefined : defect('bad_root', 'the epoch does not begin where its first head says', frontier.size);
}

/** At most a block of records: those that the index does not hold yet. */
function wrongRecords(store: Store, head: TreeHead): Defect | undefined {
  const block = lastBlock(store.statement, store.base());
  if (block === undefined) return defect('bad_root', 'the stored tree is not a tree');
  const { frontier } = block;
  // A head is signed in the transaction that ends a block.
  if (head.size < frontier.size) return defect('truncated', 'the newest signed heads are absent', head.size);
  let differs = headDiffers(frontier, head);
  const rows = store.statement('SELECT first, bytes FROM chunk WHERE first >= ? ORDER BY first').all(frontier.size);
  for (const { first, bytes } of rows) {
    const records = splitChunk(bytesOf(bytes));
    if (first !== frontier.size || records === undefined) return defect('missing', 'a record is absent', frontier.size);
    for (const framed of records) {
      if (readEnvelope(framed)?.index !== frontier.size) {
        return defect('bad_leaf', 'the bytes are not the record of their index', frontier.size);
      }
      pushLeaf(frontier, hashFramed(framed));
      differs ||= headDiffers(frontier, head);
    }
  }
  if (frontier.size < head.size)
    return defect('truncated', 'the last signed head covers more records than there are', frontier.size);
  if (differs)
    return defect('bad_root', 'the newest records are not the ones the last head was signed over', head.size);
  return frontier.size < block.end ? undefined : defect('unreadable', 'records are not indexed', block.end);
}

function headDiffers(frontier: Readonly<Frontier>, head: TreeHead): boolean {
  return frontier.size === head.size && !sameBytes(rootOf(frontier), head.root);
}

function defect(kind: Defect['kind'], message: string, index = 0): Defect {
  return { kind, index, message };
}
