/** Tokens of ssh_config(5), section TOKENS, and `~/`. */

/** The text with `%h` and the like in their place; undefined when it has a token that is not given, or a variable of the environment. */
export function expandTokens(text: string, tokens: Readonly<Record<string, string>>): string | undefined {
  let unknown = text.includes('${');
  const expanded = text.replace(/%(.?)/g, (_, letter: string) => {
    if (letter === '%') return '%';
    const value = Object.hasOwn(tokens, letter) ? tokens[letter] : undefined;
    unknown ||= value === undefined;
    return value ?? '';
  });
  return unknown ? undefined : expanded;
}
