/** Finds `node:sqlite` where this Node has it, without its warning and without hiding any other. */

import type { DatabaseConstructor } from '../database.js';

/** The `DatabaseSync` of Node itself, or undefined before Node 22.13. */
export function builtinSqlite(): DatabaseConstructor | undefined {
  const emitWarning = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: []) => {
    if (!String(warning).startsWith('SQLite is an experimental feature')) emitWarning.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    // Not an import: bundlers drop the prefix of `node:sqlite`, which has no name without it.
    const found = process.getBuiltinModule?.('node:sqlite') as { DatabaseSync?: DatabaseConstructor } | undefined;
    return found?.DatabaseSync;
  } finally {
    process.emitWarning = emitWarning;
  }
}
