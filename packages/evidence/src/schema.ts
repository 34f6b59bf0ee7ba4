/** The tables of `ledger.db`. */

/** `PRAGMA application_id` of a ledger: "MCLW" in ASCII. */
export const APPLICATION_ID = 0x4d434c57;
/** `PRAGMA user_version` of this form of the tables. */
export const SCHEMA_VERSION = 2;

/** Triggers stop accidents; against whoever owns the file there are the tree and its signed heads. */
const appendOnly = ['meta', 'chunk', 'once', 'block', 'term', 'head'].flatMap((table) =>
  ['UPDATE', 'DELETE'].map(
    (verb) =>
      `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;`,
  ),
);

/**
 * Creates the tables of an empty file.
 *
 * `chunk` holds what was written together, as bytes; `once` each key that is taken. A block is 256 records: when it is
 * whole its tree, the times in it and its index (`term`) are written, so that an append writes two pages and not ten.
 */
export const SCHEMA = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE chunk (first INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TABLE once (key TEXT PRIMARY KEY, idx INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE block (number INTEGER PRIMARY KEY, root BLOB NOT NULL, peaks BLOB NOT NULL, earliest TEXT NOT NULL, latest TEXT NOT NULL) STRICT;
CREATE TABLE term (term TEXT NOT NULL, block INTEGER NOT NULL, places BLOB NOT NULL, PRIMARY KEY (term, block)) STRICT, WITHOUT ROWID;
CREATE TABLE head (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
CREATE INDEX block_latest ON block (latest, earliest);
${appendOnly.join('\n')}
CREATE TRIGGER chunk_grows BEFORE INSERT ON chunk WHEN NEW.first <= (SELECT max(first) FROM chunk)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER head_grows BEFORE INSERT ON head WHEN NEW.size <= (SELECT max(size) FROM head)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
