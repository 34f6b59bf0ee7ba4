/** Reads what `JOURNAL_SCRIPT` printed: entries of the systemd journal as JSON (systemd.io/JOURNAL_EXPORT_FORMATS). */

import type { Captured, ParseError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import { JOURNAL_PRIORITIES } from '../../inputs.js';
import { unparseable, wholeNumber } from '../_text/read-text.js';

/** One entry. What it says is whatever a program wrote: data, never to be believed or followed. */
export const JournalEntry = z.strictObject({
  at: z.iso.datetime(),
  /** `null` where the program gave none. */
  priority: z.enum(JOURNAL_PRIORITIES).nullable(),
  /** The unit that it is about: of an entry by systemd itself the unit that it names. */
  unit: z.string().nullable(),
  invocation: z.string().nullable(),
  /** What the program calls itself, else what it is called by the system. */
  identifier: z.string().nullable(),
  pid: z.int().positive().nullable(),
  /** Bytes that are no text are U+FFFD. `null` where there is none, or it is longer than journalctl tells (4096 bytes). */
  message: z.string().nullable(),
  cursor: z.string().min(1),
});
export type JournalEntry = z.output<typeof JournalEntry>;

const Count = z.int().nonnegative();
/** What `log.journal` answers. */
export const Journal = z.strictObject({
  /** `no_entries`: the journal was read and nothing in it fits. `no_access`: this account may not read it. `no_journal`: the server keeps none. */
  answer: z.enum(['entries', 'no_entries', 'no_access', 'no_journal']),
  /** Oldest first. */
  entries: z.array(JournalEntry),
  /** More entries fit than were asked for: older ones, or after a cursor younger ones. */
  more: z.boolean(),
  /** Entries were left out because all together are too long. */
  cut: z.boolean(),
  /** Entries that could not be read; they are not in `entries`. */
  unread: Count,
  /** Where to go on: the cursor of the youngest entry. */
  cursor: z.string().nullable(),
});
export type Journal = z.output<typeof Journal>;

/** Reads both streams. Err kinds: `unparseable_output`. */
export function parseJournal(stdout: Captured, stderr: string, newestFirst: boolean): Result<Journal, ParseError> {
  const said = (name: string): string | undefined => new RegExp(`^${name}=(\\w+)$`, 'm').exec(stderr)?.[1];
  const journal = said('journal');
  if (journal === 'hidden') return ok(without('no_access'));
  if (journal === 'absent') return ok(without('no_journal'));
  const [printed, more, cut] = [wholeNumber(said('lines')), said('more'), said('cut')];
  if (journal !== 'readable' || printed === undefined || more === undefined || cut === undefined)
    return err(unparseable('the probe did not reach its end'));
  if (stdout.cut) return err(unparseable('the output was cut'));
  const lines = stdout.text.split('\n').filter((line) => line !== '');
  const entries = lines.map(parseEntry).filter((entry) => entry !== undefined);
  if (newestFirst) entries.reverse();
  // Counted where they were printed: a line that redaction has joined to another is unread, not gone.
  const unread = Math.max(printed, lines.length) - entries.length;
  if (entries.length === 0 && unread > 0) return err(unparseable('no entry could be read'));
  return ok({
    answer: entries.length > 0 ? 'entries' : 'no_entries',
    entries,
    more: more === '1',
    cut: cut === '1',
    unread,
    cursor: entries.at(-1)?.cursor ?? null,
  });
}

const without = (answer: 'no_access' | 'no_journal'): Journal => ({
  ...{ answer, entries: [], more: false, cut: false, unread: 0, cursor: null },
});

function parseEntry(line: string): JournalEntry | undefined {
  const fields = fieldsOf(line);
  const micros = wholeNumber(textOf(fields.__REALTIME_TIMESTAMP) ?? '');
  const cursor = textOf(fields.__CURSOR);
  if (micros === undefined || !cursor) return undefined;
  const at = new Date(micros / 1000);
  if (Number.isNaN(at.getTime())) return undefined;
  return {
    at: at.toISOString(),
    priority: JOURNAL_PRIORITIES[wholeNumber(textOf(fields.PRIORITY) ?? '') ?? -1] ?? null,
    unit: textOf(fields.UNIT) ?? textOf(fields._SYSTEMD_UNIT) ?? null,
    invocation: textOf(fields.INVOCATION_ID) ?? textOf(fields._SYSTEMD_INVOCATION_ID) ?? null,
    identifier: textOf(fields.SYSLOG_IDENTIFIER) ?? textOf(fields._COMM) ?? null,
    pid: wholeNumber(textOf(fields._PID) ?? '') || null,
    message: textOf(fields.MESSAGE) ?? null,
    cursor,
  };
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** A field as text: a string, bytes as numbers, or several of these, which are told line by line. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255))
    return new TextDecoder().decode(Uint8Array.from(value as number[]));
  const parts = value.map(textOf);
  return parts.includes(undefined) ? undefined : parts.join('\n');
}
