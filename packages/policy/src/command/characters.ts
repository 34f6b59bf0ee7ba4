/** What command text may be made of at all. Looked at before anything is parsed. */

/** 16 KiB: a longer text is nobody's one command, and some constructs take quadratic time to parse. */
export const MOST_BYTES = 16_384;

// Controls but tab and newline, and every format character: bidi, zero-width, tags, soft hyphens (Unicode 15, Cc and Cf).
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/u;
// Blanks that no shell takes for one, so that one word looks like two.
const FALSE_BLANK = /(?! )\p{Zs}/u;
/** What stands for another letter in a program's name is never what it looks like. */
const PLAIN = /^[\x21-\x7e]+$/;

/** Why the text is not looked at any further, or undefined. */
export function textProblem(text: string): string | undefined {
  if (Buffer.byteLength(text) > MOST_BYTES) return 'longer than 16 KiB';
  if (!text.isWellFormed()) return 'not well-formed Unicode';
  if (hasUnseen(text)) return 'characters that cannot be seen';
  return text.trim() === '' ? 'empty' : undefined;
}

/** Whether a text has characters that show as nothing, or as something else than they are. */
export const hasUnseen = (text: string): boolean =>
  UNSEEN.test(text.replace(/[\t\n]/g, '')) || FALSE_BLANK.test(text) || !text.isWellFormed();

/** Whether a program's name is visible ASCII without blanks. */
export const isPlainName = (name: string): boolean => PLAIN.test(name);
