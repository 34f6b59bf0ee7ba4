/** Checks signed heads one by one, then the roots they state against the tree as it grows. Imports nothing but Node. */

import type { Defects } from './defect.js';
import { type Frontier, rootOf, sameBytes } from './merkle.js';
import { readHead, type TreeHead, type VerifierKey } from './note.js';

/** Whether a head comes from the ledger itself or from a copy that was kept elsewhere. */
export type HeadSource = 'ledger' | 'elsewhere';
export interface HeadCheck {
  /** Heads of the ledger in the order they are kept, those of a file before its first record. */
  head(note: string, source?: HeadSource): void;
  /** Compares every head of the tree's present size. */
  reached(frontier: Frontier): void;
  /** Names the heads that the records do not reach. */
  finish(size: number): void;
  /** How many heads were read, and the size of the largest good one of the ledger. */
  readonly seen: number;
  readonly covered: number;
  /** Heads kept elsewhere that lie in epochs that are absent. */
  readonly unchecked: number;
}

type Expected = TreeHead & { readonly source: HeadSource };

/** A check of heads against one key. */
export function checkHeads(key: VerifierKey, defects: Defects): HeadCheck {
  const expected: Expected[] = [];
  const state = { seen: 0, next: 0, covered: 0, unchecked: 0, mismatched: false, sorted: false };
  let last: TreeHead | undefined;

  function accept(head: TreeHead): void {
    if (last !== undefined && head.size <= last.size) {
      const forked = head.size === last.size && !sameBytes(head.root, last.root);
      if (forked) defects.add('forked_head', 'two signed heads of one size state different roots', head.size);
      else defects.add('head_rollback', 'a signed head is not larger than the one before it', head.size);
      return;
    }
    last = head;
    state.covered = head.size;
    expected.push({ ...head, source: 'ledger' });
  }

  return {
    get seen() {
      return state.seen;
    },
    get covered() {
      return state.covered;
    },
    get unchecked() {
      return state.unchecked;
    },
    head(note, source = 'ledger') {
      state.sorted = false;
      if (source === 'ledger') state.seen += 1;
      const reading = readHead(note, key);
      if (reading.kind !== 'good') defects.add(reading.kind, reading.message, last?.size);
      else if (source === 'ledger') accept(reading.head);
      else expected.push({ ...reading.head, source });
    },
    reached(frontier) {
      if (!state.sorted) {
        const later = expected.splice(state.next).sort((left, right) => left.size - right.size);
        expected.push(...later);
        state.sorted = true;
      }
      for (
        let head = expected[state.next];
        head !== undefined && head.size < frontier.size;
        head = expected[state.next]
      ) {
        state.next += 1;
        if (head.source === 'elsewhere') state.unchecked += 1;
      }
      for (let head = expected[state.next]; head?.size === frontier.size; head = expected[state.next]) {
        state.next += 1;
        compare(head, rootOf(frontier));
      }
    },
    finish(size) {
      const beyond = expected.slice(state.next).filter((head) => head.size > size);
      if (beyond.some((head) => head.source === 'ledger')) {
        defects.add('truncated', 'a signed head covers more records than there are', size);
      }
      if (beyond.some((head) => head.source === 'elsewhere')) {
        defects.add('head_rollback', 'a head kept elsewhere covers more records than there are', size);
      }
    },
  };

  /** After the first mismatch every later root differs too, and saying so again tells nothing. */
  function compare(head: Expected, root: Uint8Array): void {
    if (sameBytes(head.root, root)) return;
    if (head.source === 'elsewhere') {
      defects.add('forked_head', 'a head kept elsewhere states another root for its size', head.size);
    } else if (!state.mismatched) {
      state.mismatched = true;
      defects.add('bad_root', 'the records before this signed head are not the ones it was signed over', head.size);
    }
  }
}
