/** Takes over the evidence of MeshClaw's Go edition: one JSON file a record in a folder for each day. */

import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createRedactor,
  type JsonObject,
  type JsonValue,
  type Ledger,
  type LedgerError,
  type NewRecord,
  redactJson,
  sha256Hex,
} from '@meshclaw/core';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import type { ImportError } from './errors.js';

/** What became of the files. Every file of a day's folder is in exactly one of the numbers. */
export interface ImportSummary {
  readonly imported: number;
  /** Imported before: a file's bytes are taken over once. */
  readonly known: number;
  /** Files that are no records, and why. */
  readonly refused: readonly { readonly file: string; readonly why: string }[];
}

/** A day's folder, `YYYY-MM-DD`. */
const DAY = /^\d{4}-\d\d-\d\d$/;
/** What is larger than this goes beside the ledger. */
const INLINE_BYTES = 4096;
/** Files that are read before the first of them is stored. */
const TOGETHER = 32;

/** Appends each record of the folder as `ledger.imported`, redacted, once. Err kinds: `evidence.import_failed`; what was imported until then stays. */
export function importFolder(ledger: Ledger, folder: string): ResultAsync<ImportSummary, ImportError> {
  return new ResultAsync(importAll(ledger, folder));
}

async function importAll(ledger: Ledger, folder: string): Promise<Result<ImportSummary, ImportError>> {
  const redact = createRedactor();
  const summary = { imported: 0, known: 0, refused: [] as { file: string; why: string }[] };
  try {
    const files = await filesOf(folder);
    for (let from = 0; from < files.length; from += TOGETHER) {
      const together = files.slice(from, from + TOGETHER);
      // All are read before the first is stored: the order of the records is that of the names, not of the disk.
      const read = await Promise.all(together.map((file) => readFile(join(folder, file))));
      const ends = await Promise.all(
        together.map(async (file, at) => {
          const record = recordOf(file, read[at] as Buffer, redact);
          return { file, end: typeof record === 'string' ? record : await ledger.append([record]) };
        }),
      );
      for (const { file, end } of ends) {
        if (typeof end === 'string') summary.refused.push({ file, why: end });
        else if (end.isOk()) summary.imported += 1;
        else if (end.error.kind === 'already_recorded') summary.known += 1;
        else return err(failed(folder, end.error));
      }
    }
    return ok(summary);
  } catch (cause) {
    return err(failed(folder, cause));
  }
}

/** Day by day in the order of their names, which begin with their times. */
async function filesOf(folder: string): Promise<string[]> {
  const names = (entries: Dirent[], wanted: (entry: Dirent) => boolean) =>
    entries.filter(wanted).map(({ name }) => name);
  const days = names(
    await readdir(folder, { withFileTypes: true }),
    (entry) => entry.isDirectory() && DAY.test(entry.name),
  );
  const files: string[] = [];
  for (const day of days.sort()) {
    // Folders in a day are bundles of workflow runs: their files are no records.
    const entries = await readdir(join(folder, day), { withFileTypes: true });
    files.push(
      ...names(entries, (entry) => entry.isFile())
        .sort()
        .map((name) => `${day}/${name}`),
    );
  }
  return files;
}

/** A file as a record, or why it is none. */
function recordOf(file: string, bytes: Buffer, redact: (text: string) => string): NewRecord | string {
  if (!file.endsWith('.json')) return 'not a JSON file';
  const parsed = parse(bytes);
  if (parsed === undefined) return 'not a JSON object';
  const { id, time, kind } = parsed;
  if (![id, time, kind].every((value) => typeof value === 'string' && value !== '')) return 'not a record';
  const whole = redactJson(parsed, redact) as JsonObject;
  const text = JSON.stringify(whole);
  const { payload: _, ...head } = whole;
  const sha256 = sha256Hex(bytes);
  const isLarge = Buffer.byteLength(text) > INLINE_BYTES;
  return {
    type: 'ledger.imported',
    once: `imported:${sha256}`,
    ...(typeof whole.host === 'string' && whole.host !== '' ? { target: whole.host } : {}),
    body: { format: 'meshclaw-evidence-file', file, sha256, record: isLarge ? head : whole },
    ...(isLarge ? { blobs: { record: Buffer.from(text) } } : {}),
  };
}

function parse(bytes: Buffer): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function failed(path: string, cause: LedgerError | unknown): ImportError {
  return { kind: 'evidence.import_failed', message: 'the folder could not be imported', path, cause };
}
