/** Writes a ledger as one file of lines that anyone can check without MeshClaw. */

import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { splitChunk } from './block.js';
import { bytesOf } from './cell.js';
import { fileOf, unbrokenFiles } from './chain.js';
import { baseText } from './epoch.js';
import { syncFolder, temporaryName } from './folder.js';
import type { VerifierKey } from './note.js';
import { EXPORT_FORMAT } from './offline/export-format.js';
import type { Store } from './store.js';

/** What was written. `sizeBytes` is the file's. */
export interface ExportSummary {
  readonly path: string;
  readonly records: number;
  readonly heads: number;
  readonly sizeBytes: number;
}
/** Runs a read on the open ledger; throws what went wrong. */
export type ReadStore = <T>(read: (store: Store) => T) => Promise<T>;

const PAGE_CHUNKS = 32;

/** Writes header, heads and records up to the last signed head; the file has its name only when it is complete. Throws on failure. */
export async function writeExport(path: string, key: VerifierKey, read: ReadStore): Promise<ExportSummary> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'wx', 0o600);
    let sizeBytes = 0;
    const counts = { records: 0, heads: 0 };
    try {
      for await (const chunk of chunksOf(key, read, counts)) {
        await file.writeFile(chunk);
        sizeBytes += chunk.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return { path, ...counts, sizeBytes };
  } finally {
    await rm(temporary, { force: true });
  }
}

async function* chunksOf(
  key: VerifierKey,
  read: ReadStore,
  counts: { records: number; heads: number },
): AsyncGenerator<Buffer> {
  const { notes, base } = await read((store) => {
    const files = unbrokenFiles(store);
    const kept = files.flatMap((file) => file.statement('SELECT size, note FROM head ORDER BY size').all());
    return { notes: kept, base: files[0]?.base() };
  });
  const records = Number(notes.at(-1)?.size ?? 0);
  Object.assign(counts, { records, heads: notes.length });
  const header = { format: EXPORT_FORMAT, origin: key.origin, key: key.text, records, heads: notes.length };
  const start = base === undefined || base.epoch === 1 ? {} : { base: baseText(base) };
  yield Buffer.from(`${JSON.stringify({ ...header, ...start })}\n`);
  // Heads first: whatever is cut off the end of the file, they still say what must be there.
  yield Buffer.from(notes.map(({ note }) => `${JSON.stringify({ head: note })}\n`).join(''));
  for (let from = base?.frontier.size ?? 0; from < records; ) {
    const rows = await read(
      (store) =>
        fileOf(unbrokenFiles(store), from)
          ?.statement('SELECT first, bytes FROM chunk WHERE first >= ? ORDER BY first LIMIT ?')
          .all(from, PAGE_CHUNKS) ?? [],
    );
    const lines = rows.flatMap(({ bytes }) => splitChunk(bytesOf(bytes)) ?? []).slice(0, records - from);
    if (rows[0]?.first !== from) throw new Error('a record is absent');
    from += lines.length;
    yield Buffer.concat(lines.flatMap((framed) => [framed.subarray(1), NEWLINE]));
  }
}

/** Canonical JSON has no raw newline, so a line is a record's exact bytes. */
const NEWLINE = Buffer.from('\n');
