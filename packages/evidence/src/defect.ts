/** What can be wrong with a ledger. Structurally the `Defect` of core, repeated because the offline verifier imports nothing. */

export type DefectKind =
  | 'bad_leaf'
  | 'missing'
  | 'out_of_order'
  | 'bad_root'
  | 'bad_signature'
  | 'head_rollback'
  | 'forked_head'
  | 'truncated'
  | 'unknown_key'
  | 'bad_blob'
  | 'unreadable';

export interface Defect {
  readonly kind: DefectKind;
  /** The record (or head size) it concerns. */
  readonly index?: number;
  readonly message: string;
}
/** Keeps defects in the order they were found, up to a bound: beyond it a list says no more than its length does. */
export interface Defects {
  readonly list: Defect[];
  add(kind: DefectKind, message: string, index?: number): void;
}

const LIST_LIMIT = 1000;

/** An empty list of defects. */
export function createDefects(): Defects {
  const list: Defect[] = [];
  return {
    list,
    add: (kind, message, index) => {
      if (list.length < LIST_LIMIT) list.push(index === undefined ? { kind, message } : { kind, index, message });
    },
  };
}
