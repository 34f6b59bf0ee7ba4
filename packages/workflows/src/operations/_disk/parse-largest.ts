/** Reads what the probe of `disk.largest` summed up. Sizes are KiB of 1024 bytes in use on the disk. */

import type { ParseError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { unparseable, wholeNumber } from '../_text/read-text.js';
import { type DiskKind, kindOf } from './kind.js';
import { parseRow, type Row } from './parse-usage.js';

/** A directory with all that is below it, or a file. `exact` is false where the name holds characters that cannot be shown; those are U+FFFD in `path`. */
export interface Large {
  readonly path: string;
  readonly exact: boolean;
  readonly usedKib: number;
  readonly modifiedAt: string;
  readonly kind: DiskKind;
}
/** What one pass found. */
export interface Largest {
  /** The filesystem that the directory is on; `null` where df does not tell. */
  readonly filesystem: Row | null;
  /** False when the time was up: sums are what had been seen until then. */
  readonly complete: boolean;
  readonly totalKib: number;
  readonly entries: number;
  readonly fileCount: number;
  /** Further names of files that had been counted already. */
  readonly repeatedLinks: number;
  /** Names of files with several links beyond what is remembered, which may have been counted twice. */
  readonly uncheckedLinks: number;
  readonly otherFilesystems: number;
  readonly unreadable: { readonly count: number; readonly examples: string[] };
  readonly directories: Large[];
  readonly files: (Large & { readonly sizeBytes: number })[];
}

/** Reads both streams of the probe. Err kinds: `unparseable_output`. */
export function parseLargest(stdout: string, stderr: string): Result<Largest, ParseError> {
  const [first = '', second = '', ...rest] = stdout.split('\n');
  const end = /^end\t([01])$/.exec(rest.at(-2) ?? '');
  const totals = second.startsWith('total\t') ? second.split('\t').slice(1).map(wholeNumber) : [];
  const [totalKib, entries, fileCount, repeatedLinks, uncheckedLinks, otherFilesystems, odd] = totals;
  const complaints = /^unreadable\t(\d+)\n([\s\S]*)$/m.exec(stderr);
  if (!end || !complaints || !first.startsWith('filesystem\t'))
    return err(unparseable('the probe did not reach its end'));
  if (totalKib === undefined || !entries || fileCount === undefined || odd === undefined)
    return err(unparseable('the pass told no sums'));
  // The line that was being written when the time was up is cut; a whole pass has none.
  if (odd > (end[1] === '1' ? 0 : 1)) return err(unparseable('the pass met lines that are no entries'));
  if (repeatedLinks === undefined || uncheckedLinks === undefined || otherFilesystems === undefined)
    return err(unparseable('the pass told no counts'));
  const rows = rest.slice(0, -2).map(parseLarge);
  if (rows.includes(undefined)) return err(unparseable('the pass told a line that is no entry'));
  const told = rows.filter((row) => row !== undefined);
  return ok({
    filesystem: parseRow(first.slice('filesystem\t'.length)) ?? null,
    complete: end[1] === '1',
    ...{ totalKib, entries, fileCount, repeatedLinks, uncheckedLinks, otherFilesystems },
    unreadable: {
      count: Number(complaints[1]),
      examples: (complaints[2] ?? '').split('\n').filter((line) => line !== ''),
    },
    directories: told.filter(({ type }) => type === 'd').map(({ large }) => large),
    files: told.filter(({ type }) => type === 'f').map(({ large, sizeBytes }) => ({ ...large, sizeBytes })),
  });
}

function parseLarge(line: string) {
  const found = /^([df])\t(\d+)\t(\d+)\t(-?\d+)\t(\/[\s\S]*)$/.exec(line);
  const [usedKib, sizeBytes] = [wholeNumber(found?.[2]), wholeNumber(found?.[3])];
  const seconds = Number(found?.[4]);
  if (!found || usedKib === undefined || sizeBytes === undefined || Math.abs(seconds) > 8e12) return undefined;
  const raw = found[5] ?? '';
  const path = raw.replace(/\p{Cc}/gu, '\ufffd');
  const modifiedAt = new Date(seconds * 1000).toISOString();
  const large: Large = {
    path,
    exact: !path.includes('\ufffd'),
    usedKib,
    modifiedAt,
    kind: kindOf(path, found[1] === 'd'),
  };
  return { type: found[1], large, sizeBytes };
}
