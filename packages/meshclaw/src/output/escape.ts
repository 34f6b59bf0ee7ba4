/** Text that can be read without being fooled: what is invisible is shown, and words can be told apart. */

import { visible, visibleJson, visibleLine } from '@meshclaw/core';

export { visible, visibleJson, visibleLine };

/** A word as it can be told apart from every other: plain words as they are, the rest in quotes with backslashes doubled. */
export function quotedWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  const inner = word.replace(/\\/g, '\\\\').replace(/"/g, '\\"');
  return `"${visibleLine(inner)}"`;
}
