/** What SQLite meant by what it threw. Imports nothing. */

/** SQLite's primary result code of a thrown value (<https://sqlite.org/rescode.html>), or undefined when it is not SQLite's. */
export function sqliteCode(cause: unknown): number | undefined {
  if (typeof cause !== 'object' || cause === null || !('errcode' in cause)) return undefined;
  return typeof cause.errcode === 'number' ? cause.errcode & 0xff : undefined;
}

/** Another connection holds the lock. */
export const SQLITE_BUSY = 5;

/** Whether another connection holds the lock, so that trying again later is the answer. */
export function isBusy(cause: unknown): boolean {
  return sqliteCode(cause) === SQLITE_BUSY;
}
