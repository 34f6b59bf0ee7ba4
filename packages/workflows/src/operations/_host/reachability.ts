/** The script and the parser behind `host.reachability`. */

import type { ParseError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { unparseable, wholeNumber } from '../_text/read-text.js';

/** Prints who is there. Works in any POSIX sh. */
export const REACHABILITY_SCRIPT = `printf 'hostname=%s\\nuid=%s\\nname=%s\\nend=1\\n' "$(uname -n)" "$(id -u)" "$(id -un 2>/dev/null)"`;

interface Who {
  readonly hostname: string;
  readonly account: { readonly uid: number; readonly name: string | null };
}

/** Reads what `REACHABILITY_SCRIPT` printed, after whatever the account's shell printed before. Err kinds: `unparseable_output`. */
export function parseReachability(text: string): Result<Who, ParseError> {
  const [, hostname, digits, name] = /^hostname=(.+)\nuid=(\d+)\nname=(.*)\nend=1\n$/m.exec(text) ?? [];
  const uid = wholeNumber(digits);
  if (hostname === undefined || uid === undefined) return err(unparseable('the server did not say who it is'));
  // macOS and BusyBox print the number of an account without a name.
  return ok({ hostname, account: { uid, name: !name || name === digits ? null : name } });
}
