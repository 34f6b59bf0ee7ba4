/** The part of SQLite's `DatabaseSync` that the ledger uses. Types only, so the offline verifier may import it. */

/** What SQLite binds and answers here: the ledger keeps text, safe integers and bytes, nothing else. */
export type Cell = string | number | bigint | null | Uint8Array;
export type Row = Readonly<Record<string, Cell>>;

export interface Statement {
  run(...parameters: Cell[]): unknown;
  get(...parameters: Cell[]): Row | undefined;
  all(...parameters: Cell[]): Row[];
}
export interface Database {
  readonly isTransaction?: boolean;
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}
export type DatabaseConstructor = new (path: string, options?: { readonly readOnly?: boolean }) => Database;
