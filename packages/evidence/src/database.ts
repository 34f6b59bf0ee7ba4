/** The part of SQLite's `DatabaseSync` that the ledger uses. Types only, so the offline verifier may import it. */

import type { Cell } from './cell.js';

export type Row = Readonly<Record<string, Cell>>;

export interface Statement {
  run(...parameters: Cell[]): unknown;
  get(...parameters: Cell[]): Row | undefined;
  all(...parameters: Cell[]): Row[];
}
/** Statements by their SQL, each prepared once. */
export type Statements = (sql: string) => Statement;
export interface Database {
  readonly isTransaction?: boolean;
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}
export type DatabaseConstructor = new (path: string, options?: { readonly readOnly?: boolean }) => Database;
