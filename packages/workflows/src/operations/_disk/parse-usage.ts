/** Reads df(1) and the mount table. Sizes are KiB of 1024 bytes. */

import type { ParseError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { percentOf, unparseable, wholeNumber } from '../_text/read-text.js';

/** One line of `df -P -k`. */
export interface Row {
  readonly source: string;
  readonly mount: string;
  readonly sizeKib: number;
  readonly usedKib: number;
  readonly availableKib: number;
  /** Used, of what is used or can be used by anybody (as df's Capacity); `null` for a filesystem without room. */
  readonly usedPercent: number | null;
}
/** A mounted filesystem. `type` and `readOnly` are `null` where the system has no mount table to read. */
export interface Mount extends Row {
  readonly type: string | null;
  readonly readOnly: boolean | null;
  /** `null` where the filesystem has no fixed number of inodes, or the system does not tell. */
  readonly inodes: { readonly total: number; readonly used: number; readonly usedPercent: number } | null;
}

/** The filesystems in what `USAGE_SCRIPT` printed; `unread` counts lines that could not be read. Err kinds: `unparseable_output`. */
export function parseUsage(text: string): Result<{ mounts: Mount[]; unread: number; complete: boolean }, ParseError> {
  const sections =
    /^== sizes\n([\s\S]*?)^== sizes exit (\d+)\n== inodes\n([\s\S]*?)^== mounts\n([\s\S]*?)^== end\n$/m.exec(text);
  if (!sections) return err(unparseable('the probe did not reach its end'));
  const [, sizes = '', exit, inodeText = '', table = ''] = sections;
  const lines = sizes
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
  const rows = lines.map(parseRow);
  const inodes = inodesByMount(inodeText);
  const kinds = kindsByMount(table);
  const mounts = rows.flatMap((row) =>
    row ? [{ ...row, ...kindOf(kinds.get(row.mount)), inodes: inodes.get(row.mount) ?? null }] : [],
  );
  // Where one mount covers another df tells both lines; the later one is what the path leads to.
  const visible = [...new Map(mounts.map((one) => [one.mount, one])).values()];
  if (mounts.length === 0) return err(unparseable('df told no filesystem'));
  return ok({ mounts: visible, unread: rows.length - mounts.length, complete: exit === '0' });
}

/** One line of `df -P -k`. Sources and mount points may hold blanks; `undefined` for what is no such line. */
export function parseRow(line: string): Row | undefined {
  const found = /^(.+?) +(\d+) +(\d+) +(-?\d+) +(?:\d+%|-) +(\/.*)$/.exec(line);
  if (!found) return undefined;
  const [, source = '', size, used, available, mount = ''] = found;
  // Below zero means that only root may still write (the reserve is in use): nothing is left for others.
  const availableKib = available?.startsWith('-') ? 0 : wholeNumber(available);
  const [sizeKib, usedKib] = [wholeNumber(size), wholeNumber(used)];
  if (sizeKib === undefined || usedKib === undefined || availableKib === undefined) return undefined;
  return { source, mount, sizeKib, usedKib, availableKib, usedPercent: percentOf(usedKib, usedKib + availableKib) };
}

// GNU and BusyBox: Filesystem Inodes IUsed IFree IUse% Mounted on.
const LINUX_INODES = /^.+? +(\d+) +(\d+) +(\d+) +(?:\d+%|-) +(\/.*)$/;
// macOS and FreeBSD: Filesystem 1024-blocks Used Avail Capacity iused ifree %iused Mounted on.
const BSD_INODES = /^.+? +\d+ +\d+ +-?\d+ +\d+% +(\d+) +(\d+) +(?:\d+%|-) +(\/.*)$/;

function inodesByMount(text: string): ReadonlyMap<string, Mount['inodes']> {
  const lines = text.split('\n');
  const bsd = lines[0]?.includes('iused') ?? false;
  return new Map(
    lines.slice(1).flatMap((line) => {
      const found = (bsd ? BSD_INODES : LINUX_INODES).exec(line);
      if (!found) return [];
      const used = Number(found[bsd ? 1 : 2]);
      const total = bsd ? used + Number(found[2]) : Number(found[1]);
      const usedPercent = percentOf(used, total);
      return usedPercent === null ? [] : [[found[bsd ? 3 : 4] ?? '', { total, used, usedPercent }] as const];
    }),
  );
}

interface Kind {
  readonly type: string;
  readonly readOnly: boolean;
}
const kindOf = (kind: Kind | undefined) => ({ type: kind?.type ?? null, readOnly: kind?.readOnly ?? null });

/** The table of proc_mounts(5). Where one mount covers another the later line counts. */
function kindsByMount(table: string): ReadonlyMap<string, Kind> {
  return new Map(
    table.split('\n').flatMap((line) => {
      const [, mount, type, options] = line.split(' ');
      if (mount === undefined || type === undefined || options === undefined) return [];
      return [[unescaped(mount), { type, readOnly: options.split(',').includes('ro') }] as const];
    }),
  );
}

/** Blank, tab, newline and backslash are octal in /proc/mounts (`\040`). */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
