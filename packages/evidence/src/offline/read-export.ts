/** Reads an export, line by line, into a check. Imports nothing but Node. */

import { createReadStream } from 'node:fs';
import { beginsWith, type LedgerCheck } from '../check.js';
import type { Defects } from '../defect.js';
import { type ExportHeader, HEAD_PREFIX, parseHeader, parseHeadLine } from './export-format.js';

/** One line without its newline, behind one zero byte; `cut` when the file ends before a newline. */
export interface Line {
  readonly framed: Buffer;
  readonly cut: boolean;
}

/** The lines of a file, as many at once as were read at once. Throws what reading it throws. */
export async function* linesOf(path: string): AsyncGenerator<Line[]> {
  let rest: Buffer[] = [ZERO];
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      // The newline before a line is not needed any more: the zero byte of its leaf hash takes its place.
      if (from > 0) chunk[from - 1] = 0;
      const framed = from > 0 ? chunk.subarray(from - 1, at) : Buffer.concat([...rest, chunk.subarray(from, at)]);
      lines.push({ framed, cut: false });
      rest = [ZERO];
      from = at + 1;
    }
    if (from < chunk.length) rest.push(Buffer.from(chunk.subarray(from)));
    yield lines;
  }
  if (rest.length > 1) yield [{ framed: Buffer.concat(rest), cut: true }];
}

const ZERO = Buffer.of(0);
const NEWLINE = 0x0a;

/** Reads the first line of a file; undefined when it is not that of an export. */
export async function readHeader(path: string): Promise<ExportHeader | undefined> {
  for await (const [first] of linesOf(path)) {
    if (first !== undefined) return first.cut ? undefined : parseHeader(first.framed.toString('utf8', 1));
  }
  return undefined;
}

/** Feeds heads and records to the check; `header` is what the first line said. */
export async function readExport(path: string, header: ExportHeader, check: LedgerCheck): Promise<void> {
  const state: Progress = { number: 0, heads: 0, inRecords: false };
  for await (const lines of linesOf(path)) {
    for (const line of lines) feedLine(line, state, check);
  }
  compareCount(state.heads, header.heads, check.defects);
}

interface Progress {
  number: number;
  heads: number;
  inRecords: boolean;
}

function feedLine({ framed, cut }: Line, state: Progress, check: LedgerCheck): void {
  state.number += 1;
  if (state.number === 1) return;
  if (cut) {
    check.defects.add('truncated', `line ${state.number} is cut off`);
  } else if (beginsWith(framed, HEAD)) {
    state.heads += 1;
    feedHead(framed.toString('utf8', 1), state.inRecords, check);
  } else {
    state.inRecords = true;
    check.record(framed);
  }
}

const HEAD = Buffer.from(HEAD_PREFIX);

function feedHead(line: string, inRecords: boolean, check: LedgerCheck): void {
  const note = parseHeadLine(line);
  if (note === undefined) check.defects.add('bad_signature', 'a head cannot be read');
  else if (inRecords) check.defects.add('head_rollback', 'a head stands after records');
  else check.head(note);
}

function compareCount(found: number, stated: number, defects: Defects): void {
  if (found < stated) defects.add('truncated', `${stated} heads are stated, ${found} are there`);
  if (found > stated) defects.add('forked_head', `${stated} heads are stated, ${found} are there`);
}
