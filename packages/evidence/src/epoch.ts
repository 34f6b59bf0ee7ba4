/** Epochs: a ledger is one tree over several files, each closed by a signed head before the next begins. Imports nothing but Node. */

import type { Statements } from './database.js';
import { emptyFrontier, type Frontier, packPeaks, toHex, unpackPeaks } from './merkle.js';

/** What a file begins on: the tree over everything before it. */
export interface EpochBase {
  /** 1 for the first file of a ledger. */
  readonly epoch: number;
  readonly frontier: Readonly<Frontier>;
  /** The signed head that closed the epoch before; undefined in the first. */
  readonly head: string | undefined;
}
/** That a file is closed: its last size, and when and by whom that was stored. */
export interface Closing {
  readonly size: number;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly writer: string;
}

/** Names in the table `meta` beside those of the ledger itself. */
export const [BASE, CLOSED] = ['base', 'closed'];

/** The first file begins on nothing. */
export const FIRST_BASE: EpochBase = { epoch: 1, frontier: emptyFrontier(), head: undefined };

/** What the file's table `meta` says that it begins on. Throws when that cannot be read. */
export function baseOf(statement: Statements): EpochBase {
  const text = metaValue(statement, BASE);
  return text === undefined ? FIRST_BASE : parseBase(text);
}

/** The base as the tables keep it. */
export function baseText({ epoch, frontier, head = '' }: EpochBase): string {
  return JSON.stringify({ epoch, size: frontier.size, peaks: toHex(packPeaks(frontier)), head });
}

/** Reads {@link baseText}. Throws when it is not exactly that. */
export function parseBase(text: string): EpochBase {
  const { epoch, size, peaks, head } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const frontier = unpackPeaks(Number(size), Buffer.from(String(peaks), 'hex'));
  if (frontier === undefined || !Number.isSafeInteger(epoch) || Number(epoch) < 2 || typeof head !== 'string') {
    throw new Error('the epoch does not state what it begins on');
  }
  const base = { epoch: Number(epoch), frontier, head };
  if (baseText(base) !== text) throw new Error('the epoch does not state what it begins on');
  return base;
}

/** How the file was closed; undefined while records can still be added. Throws when that cannot be read. */
export function closingOf(statement: Statements): Closing | undefined {
  const text = metaValue(statement, CLOSED);
  if (text === undefined) return undefined;
  const { size, at, writer } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const closing = { size: Number(size), at: String(at), writer: String(writer) };
  if (closingText(closing) !== text) throw new Error('the epoch does not state how it was closed');
  return closing;
}

/** A closing as the tables keep it. */
export const closingText = ({ size, at, writer }: Closing): string => JSON.stringify({ size, at, writer });

function metaValue(statement: Statements, name: string): string | undefined {
  const value = statement('SELECT value FROM meta WHERE name = ?').get(name)?.value;
  return value === undefined ? undefined : String(value);
}

/** The file that holds the number of the newest epoch that began. */
export const BEGUN = 'ledger.epoch';

const DIGITS = 4;

/** The name of an epoch's file; the first has the one it would have without epochs. */
export const epochName = (epoch: number): string =>
  epoch === 1 ? 'ledger.db' : `ledger-${String(epoch).padStart(DIGITS, '0')}.db`;

/** The epoch whose file has that name; undefined when it is no ledger's. */
export function epochOf(name: string): number | undefined {
  if (name === epochName(1)) return 1;
  const epoch = Number(/^ledger-(\d{4,9})\.db$/.exec(name)?.[1]);
  return epoch > 1 && epochName(epoch) === name ? epoch : undefined;
}
