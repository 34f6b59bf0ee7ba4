/** Commands that no system can run as they are written. */

import type { CommandAction } from '@meshclaw/core';

/** Why no system could start exactly these words; undefined when one could. */
export function whyImpossible(action: CommandAction): string | undefined {
  const words = action.cwd === undefined ? action.argv : [...action.argv, action.cwd];
  if (action.argv.length === 0 || action.argv[0] === '') return 'invalid action: no program is named';
  if (words.some((word) => word.includes('\0'))) return 'invalid action: a word contains a NUL character';
  if (!words.every((word) => word.isWellFormed())) return 'invalid action: a word is not valid unicode';
  return undefined;
}
