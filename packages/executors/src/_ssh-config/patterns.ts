/** Patterns of ssh_config(5), section PATTERNS: `*`, `?`, and `!` in front to say no. */

/** Whether a text fits one pattern, `!` left aside. */
export function fits(text: string, pattern: string): boolean {
  // Two marks and a place to come back to: time grows with the product of the lengths, whatever the pattern.
  let [at, inPattern, star, kept] = [0, 0, -1, 0];
  while (at < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      star = inPattern;
      kept = at;
      inPattern += 1;
    } else if (wanted === '?' || wanted === text[at]) {
      at += 1;
      inPattern += 1;
    } else if (star !== -1) {
      inPattern = star + 1;
      kept += 1;
      at = kept;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}

/** Whether a text fits a list: one pattern at least, and none that says no. A list of noes alone fits nothing. */
export function fitsAny(text: string, patterns: readonly string[]): boolean {
  const noes = patterns.filter((pattern) => pattern.startsWith('!'));
  if (noes.some((pattern) => fits(text, pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && fits(text, pattern));
}

/** Whether a pattern is one name. */
export const isName = (pattern: string): boolean => !/^!|[*?]/.test(pattern);
