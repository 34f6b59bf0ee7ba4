/** What a configuration says about one name: where it is, who logs in, by which key and through whom. */

import { matches } from './match.js';
import type { Directive, SshConfigFile, SshConfigProblem } from './parse.js';
import { fitsAny, isName } from './patterns.js';
import { expandTokens } from './tokens.js';

/** The account that asks, as the system has it. */
export interface LocalAccount {
  readonly user: string;
  readonly home: string;
}
/** What ssh would use for a name. */
export interface SshHost {
  readonly name: string;
  readonly hostName: string;
  readonly port: number;
  /** Undefined when the configuration names none: then it is the local account's name. */
  readonly user: string | undefined;
  readonly identityFiles: readonly string[];
  /** `[user@]host[:port]`, the first hop first; empty for none. */
  readonly proxyJump: readonly string[];
  /** Set when a ProxyCommand would make the connection. It is never run. */
  readonly proxyCommand: boolean;
  /** What was left undecided or could not be read, with its place. */
  readonly notes: readonly SshConfigProblem[];
}

interface Found {
  readonly values: Map<string, Directive>;
  readonly identities: Directive[];
  readonly notes: SshConfigProblem[];
}

/** The names that have a line of their own, in the order of the files; patterns are none. */
export function namesIn(file: SshConfigFile): readonly string[] {
  const names = file.directives.flatMap(({ keyword, words, included = [] }) =>
    keyword === 'host' ? words.filter(isName) : included.flatMap(namesIn),
  );
  return [...new Set(names)];
}

/** The patterns of Host lines that stand for more than one name. */
export function patternsIn(file: SshConfigFile): readonly Directive[] {
  return file.directives.flatMap((directive) => {
    const { keyword, words, included = [] } = directive;
    if (keyword !== 'host') return included.flatMap(patternsIn);
    return words.some((word) => !isName(word)) ? [directive] : [];
  });
}

/** Evaluates the files as ssh does: in their order, the first value found for a keyword is the one that counts. */
export function resolveHost(file: SshConfigFile, name: string, account: LocalAccount): SshHost {
  const found: Found = { values: new Map(), identities: [], notes: [] };
  walk(file, name, account, found, true);
  const hostName = hostNameOf(found, name, true);
  const port = Number(found.values.get('port')?.words[0] ?? '22');
  const user = found.values.get('user')?.words[0];
  const jump = found.values.get('proxyjump')?.words[0] ?? 'none';
  const command = found.values.get('proxycommand')?.words[0] ?? 'none';
  const tokens = { h: hostName, n: name, p: String(port), r: user ?? account.user, u: account.user, d: account.home };
  const identityFiles = found.identities.flatMap((directive) => {
    const word = directive.words[0] ?? 'none';
    if (word.toLowerCase() === 'none') return [];
    const path = expandTokens(word, tokens);
    if (path === undefined) found.notes.push(note(directive, `"${word}" depends on more than this file`));
    return path === undefined ? [] : [path];
  });
  return {
    ...{ name, hostName, port, user, identityFiles },
    proxyJump: jump.toLowerCase() === 'none' ? [] : jump.split(',').map((hop) => hop.replace(/^ssh:\/\/|\/$/g, '')),
    proxyCommand: command.toLowerCase() !== 'none',
    notes: found.notes,
  };
}

/** `open` is false inside a block that does not apply: then nothing in an included file does either. */
function walk(file: SshConfigFile, name: string, account: LocalAccount, found: Found, open: boolean): void {
  let applies = open;
  for (const directive of file.directives) {
    const { keyword, words, included = [] } = directive;
    if (keyword === 'host') applies = open && fitsAny(name, words);
    else if (keyword === 'match') applies = open && matchApplies(directive, name, account, found);
    else if (keyword === 'include') for (const below of included) walk(below, name, account, found, applies);
    else if (applies) take(directive, found);
  }
}

function matchApplies(directive: Directive, name: string, account: LocalAccount, found: Found): boolean {
  const user = found.values.get('user')?.words[0] ?? account.user;
  const host = hostNameOf(found, name, false);
  const answer = matches(directive.words, { originalHost: name, host, user, localUser: account.user });
  if (answer === 'yes' || answer === 'no') return answer === 'yes';
  found.notes.push(note(directive, `"Match ${answer.undecided}" was not decided, so nothing below it counts`));
  return false;
}

function take(directive: Directive, { values, identities }: Found): void {
  const { keyword } = directive;
  if (keyword === 'identityfile') {
    identities.push(directive);
    return;
  }
  // Whichever of the two comes first keeps the other out (ssh_config(5), ProxyJump).
  if (keyword === 'proxyjump' && values.has('proxycommand')) return;
  if (keyword === 'proxycommand' && values.has('proxyjump')) return;
  if (!values.has(keyword)) values.set(keyword, directive);
}

function hostNameOf({ values, notes }: Found, name: string, last: boolean): string {
  const directive = values.get('hostname');
  const written = directive?.words[0];
  if (directive === undefined || written === undefined) return name;
  const expanded = expandTokens(written, { h: name });
  if (expanded === undefined && last) notes.push(note(directive, `"${written}" cannot be read; the name is used`));
  return expanded ?? name;
}

const note = ({ file, line }: Directive, text: string): SshConfigProblem => ({ file, line, text });
