/** The tables of `ledger.db`. */

import { COLUMNS, type Column } from './envelope.js';

/** `PRAGMA application_id` of a ledger: "MCLW" in ASCII. */
export const APPLICATION_ID = 0x4d434c57;
/** `PRAGMA user_version` of this form of the tables. */
export const SCHEMA_VERSION = 1;

const REQUIRED: readonly Column[] = ['recorded_at', 'writer', 'type'];
const UNINDEXED: readonly Column[] = ['writer', 'once'];

const columns = COLUMNS.map((column) => `${column} TEXT${REQUIRED.includes(column) ? ' NOT NULL' : ''}`);
/** Index and type stand in each index too: the records of a target come in their order, and those of other types are passed over unread. */
const indexes = COLUMNS.filter((column) => !UNINDEXED.includes(column)).map((column) =>
  REQUIRED.includes(column)
    ? `CREATE INDEX record_${column} ON record (${column});`
    : `CREATE INDEX record_${column} ON record (${column}, idx, type) WHERE ${column} IS NOT NULL;`,
);

/** Triggers stop accidents; against whoever owns the file there are the tree and its signed heads. None before an insert of a record: it doubles the time of each. */
const appendOnly = ['record', 'head', 'meta'].flatMap((table) =>
  ['UPDATE', 'DELETE'].map(
    (verb) =>
      `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;`,
  ),
);

/** Creates the tables of an empty file. */
export const SCHEMA = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE record (idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL, bytes BLOB NOT NULL, ${columns.join(', ')}) STRICT;
CREATE TABLE tree (id INTEGER PRIMARY KEY CHECK (id = 0), size INTEGER NOT NULL, peaks BLOB NOT NULL) STRICT;
CREATE TABLE head (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
${indexes.join('\n')}
CREATE UNIQUE INDEX record_once ON record (once) WHERE once IS NOT NULL;
${appendOnly.join('\n')}
CREATE TRIGGER head_grows BEFORE INSERT ON head WHEN NEW.size <= (SELECT max(size) FROM head)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER tree_grows BEFORE UPDATE ON tree WHEN NEW.size <= OLD.size
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER tree_stays BEFORE DELETE ON tree BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
INSERT INTO tree VALUES (0, 0, x'');
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
