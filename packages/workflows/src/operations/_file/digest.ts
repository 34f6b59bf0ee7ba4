/** The script and the parser behind `file.digest`. */

import type { ParseError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import { unparseable } from '../_text/read-text.js';

/** What `file.digest` answers. `sha256` is there for a file that could be read, and only there. */
export const Digest = z.strictObject({
  state: z.enum(['file', 'missing', 'unreadable', 'no_file']),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
export type Digest = z.output<typeof Digest>;

/** The constant script that looks at `$1`, through links, as the system does when it runs a file. sha256sum is of coreutils and BusyBox, shasum of macOS, sha256 of FreeBSD. */
export const DIGEST = `LC_ALL=C; export LC_ALL
if ! [ -e "$1" ]; then echo missing; exit 0; fi
if ! [ -f "$1" ]; then echo no_file; exit 0; fi
if ! [ -r "$1" ]; then echo unreadable; exit 0; fi
if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"
elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1"
else sha256 -q <"$1"; fi`;

/** Reads what `DIGEST` printed. Err kinds: `unparseable_output`. */
export function parseDigest(text: string): Result<Digest, ParseError> {
  const state = /^(missing|no_file|unreadable)\n$/.exec(text)?.[1] as Digest['state'] | undefined;
  if (state !== undefined) return ok({ state, sha256: null });
  const sha256 = /^([0-9a-f]{64})(?: [ *]-)?\n$/.exec(text)?.[1];
  return sha256 === undefined ? err(unparseable('no digest was printed')) : ok({ state: 'file', sha256 });
}
