/** What runs on this machine, as Linux tells it. */

import { readdirSync, readFileSync } from 'node:fs';

/** Command lines with this text in them; a zombie has none. */
export function processesWith(text: string): readonly string[] {
  return readdirSync('/proc').flatMap((name) => {
    const line = /^\d+$/.test(name) ? commandLineOf(name) : '';
    return line.includes(text) ? [line] : [];
  });
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
