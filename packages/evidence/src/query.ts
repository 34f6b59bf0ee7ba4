/** Turns a query into SQL that always walks an index: which one is chosen here, not guessed by a planner without statistics. */

import type { LedgerError, RecordQuery } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { unavailable } from './errors.js';

type Value = string | number;
interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}
/** A statement and what it binds. */
export interface Search {
  readonly sql: string;
  readonly parameters: readonly Value[];
}
/** A query without its page. */
export type Filter = Omit<RecordQuery, 'after' | 'order' | 'limit'>;
/** One walk of one index, in the order of `idx` but for times. */
interface Walk {
  readonly from: string;
  readonly conditions: readonly Condition[];
}

const PAGE_LIMIT = 1000;
/** Most telling first: the first of these in a query chooses the index. */
const KEYS = [
  'once',
  'execution',
  'approval',
  'plan',
  'digest',
  'run',
  'target',
  'operation',
  'subject',
  'policy',
] as const;

/** A page of record bytes; undefined when nothing can match. Err kinds: `unavailable`, for a time that is none. */
export function pageSearch(query: RecordQuery): Result<Search | undefined, LedgerError> {
  const limit = Math.max(0, Math.min(PAGE_LIMIT, Math.floor(query.limit) || 0));
  const newest = query.order === 'newest_first';
  const order = `ORDER BY idx ${newest ? 'DESC' : 'ASC'} LIMIT ?`;
  return walksOf(query).map((walks) => {
    if (limit === 0 || walks.length === 0) return undefined;
    const after = query.after === undefined ? [] : [condition(newest ? 'idx < ?' : 'idx > ?', query.after)];
    const parts = walks.map(({ from, conditions }) => {
      const all = [...conditions, ...after];
      return {
        sql: `SELECT * FROM (SELECT idx FROM ${from}${whereOf(all)} ${order})`,
        values: [...all.flatMap(({ values }) => values), limit],
      };
    });
    return {
      sql: `SELECT bytes FROM record WHERE idx IN (${parts.map(({ sql }) => sql).join(' UNION ALL ')}) ${order}`,
      parameters: [...parts.flatMap(({ values }) => values), limit],
    };
  });
}

/** How many records match; undefined when nothing can. Err kinds: `unavailable`, for a time that is none. */
export function countSearch(query: Filter): Result<Search | undefined, LedgerError> {
  return walksOf(query).map((walks) => {
    if (walks.length === 0) return undefined;
    const counts = walks.map(({ from, conditions }) => `(SELECT count(*) FROM ${from}${whereOf(conditions)})`);
    return {
      sql: `SELECT ${counts.join(' + ')} AS count`,
      parameters: walks.flatMap(({ conditions }) => conditions.flatMap(({ values }) => values)),
    };
  });
}

/** A walk for each type when types are all that narrows the search, else one. */
function walksOf(query: Filter): Result<Walk[], LedgerError> {
  const types = query.types === undefined ? undefined : [...new Set(query.types)];
  if (types?.length === 0) return ok([]);
  return timesOf(query).map((times): Walk[] => {
    const [lead, ...others] = KEYS.flatMap((key) => {
      const value = query[key];
      return value === undefined ? [] : [{ key, value }];
    });
    if (lead !== undefined) {
      const rest = others.map(({ key, value }) => condition(`+${key} = ?`, value));
      const typed = types === undefined ? [] : [condition(`+type IN (${types.map(() => '?')})`, ...types)];
      const conditions = [condition(`${lead.key} = ?`, lead.value), ...rest, ...typed, ...times('+')];
      return [{ from: `record INDEXED BY record_${lead.key}`, conditions }];
    }
    if (types !== undefined) {
      const from = 'record INDEXED BY record_type';
      return types.map((type) => ({ from, conditions: [condition('type = ?', type), ...times('+')] }));
    }
    const timed = times('');
    return [{ from: timed.length > 0 ? 'record INDEXED BY record_recorded_at' : 'record', conditions: timed }];
  });
}

/** Times as the ledger writes them, so that comparing text compares times. */
function timesOf({ since, until }: Filter): Result<(prefix: '' | '+') => Condition[], LedgerError> {
  const [from, to] = [since, until].map((time) => (time === undefined ? undefined : new Date(time)));
  if (Number.isNaN(from?.getTime()) || Number.isNaN(to?.getTime())) {
    return err(unavailable('since and until are ISO 8601 times'));
  }
  return ok((prefix) => [
    ...(from === undefined ? [] : [condition(`${prefix}recorded_at >= ?`, from.toISOString())]),
    ...(to === undefined ? [] : [condition(`${prefix}recorded_at < ?`, to.toISOString())]),
  ]);
}

function condition(sql: string, ...values: Value[]): Condition {
  return { sql, values };
}

function whereOf(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
}
