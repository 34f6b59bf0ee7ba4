/** A value in a row of the ledger's tables. Needs nothing, so the offline verifier may import it. */

/** What SQLite binds and answers here: the ledger keeps text, safe integers and bytes, nothing else. */
export type Cell = string | number | bigint | null | Uint8Array;

/** The bytes of a cell; none for a cell that holds no bytes. */
export function bytesOf(cell: Cell | undefined): Uint8Array {
  return cell instanceof Uint8Array ? cell : new Uint8Array();
}
