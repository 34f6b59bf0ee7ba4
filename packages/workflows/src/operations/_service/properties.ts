/** Reads the `Name=value` lines of `systemctl show`. A value is one line: systemctl escapes newlines in it. */

import type { ParseError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { unparseable } from '../_text/read-text.js';

/** The properties of one unit by their names in systemd. */
export type Properties = ReadonlyMap<string, string>;

/** The properties in a block of lines. Err kinds: `unparseable_output` for a line that is none, and for a name told twice. */
export function readProperties(block: string): Result<Properties, ParseError> {
  const properties = new Map<string, string>();
  for (const line of block.replace(/\n+$/, '').split('\n')) {
    const found = /^([A-Za-z]+)=(.*)$/.exec(line);
    if (!found?.[1]) return err(unparseable('systemctl told a line that is no property'));
    if (properties.has(found[1])) return err(unparseable('systemctl told a property twice'));
    properties.set(found[1], found[2] ?? '');
  }
  return ok(properties);
}

/** A time that systemctl printed under `TZ=UTC` (`Wed 2026-11-25 09:48:09 UTC`) as ISO 8601; `null` for none. Err kinds: `unparseable_output`. */
export function readTime(text: string | undefined): Result<string | null, ParseError> {
  if (text === undefined || text === '' || text === 'n/a') return ok(null);
  const found = /^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})? UTC$/.exec(text);
  const time = new Date(found ? `${found[1]}T${found[2]}.000Z` : Number.NaN);
  return Number.isNaN(time.getTime())
    ? err(unparseable('a time is not in the form that was asked for'))
    : ok(time.toISOString());
}
