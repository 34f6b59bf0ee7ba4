/** Finds commands and files that code of other languages names in plain literals. What it does not find is still unseen code. */

/** What code names in literals. */
export interface Named {
  /** Shell text, or words quoted as such. */
  readonly commands: readonly string[];
  readonly deletes: readonly string[];
  readonly truncates: readonly string[];
}

// Functions that start programs (Python 3.12, Perl 5.36, Ruby 3.1, PHP 8.2, Node.js 20, Lua 5.4, Tcl 8.6).
const STARTS =
  /\b(?:system|popen|exec[lv]?p?e?|shell_exec|passthru|proc_open|getoutput|getstatusoutput|(?:exec|spawn)(?:File)?(?:Sync)?|spawn[lv]p?e?|execute|capture[23e]*|check_output|check_call|call|run|Popen|fork)\b\s*\(?/g;
// The same in marks of their own.
const MARKS = /%x\{([^}]*)\}|%x\(([^)]*)\)|\bqx\s*\{([^}]*)\}|\bqx\s*\(([^)]*)\)|\bqx\s*\/([^/]*)\/|`([^`]*)`/g;
const TCL = /\b(?:spawn|exec)\s+(?!["'(])([^;\n\]]+)/g;
const DELETES =
  /\b(?:rmtree|rm_rf?|rm_r|rm(?:dir)?Sync|remove_dir_all|remove_tree|unlink(?:Sync)?|removedirs|remove|rmdir|rm)\b\s*\(?/g;
const WRITES =
  /\b(?:open|fopen|file_put_contents|writeFile(?:Sync)?|truncate(?:Sync)?|write_text|File\.write)\b\s*\(?/g;

/** More calls than these are not looked at one by one. */
const MOST_CALLS = 32;
/** Literals of one call stand near it. */
const NEAR = 512;

/** Reads code as far as literals go. */
export function namedInCode(text: string, program: string): Named {
  const commands = callsOf(text, STARTS).flatMap(({ literals }) => asCommand(literals));
  if (/^(?:perl|ruby|php)/.test(program))
    for (const found of text.matchAll(MARKS)) commands.push(found.slice(1).find((one) => one !== undefined) ?? '');
  if (/^(?:expect|tclsh)/.test(program)) for (const [, found = ''] of text.matchAll(TCL)) commands.push(found);
  return {
    commands: commands.filter((one) => one.trim() !== '').slice(0, MOST_CALLS),
    deletes: callsOf(text, DELETES).flatMap(({ literals }) => literals.slice(0, 1)),
    truncates: callsOf(text, WRITES).flatMap(({ name, literals }) => written(name, literals)),
  };
}

interface FoundCall {
  readonly name: string;
  readonly literals: readonly string[];
}

function callsOf(text: string, pattern: RegExp): readonly FoundCall[] {
  const calls: FoundCall[] = [];
  for (const found of text.matchAll(pattern)) {
    const start = found.index + found[0].length;
    const literals = literalsOf(text.slice(start, start + NEAR));
    if (literals.length > 0) calls.push({ name: found[0], literals });
    if (calls.length >= MOST_CALLS) break;
  }
  return calls;
}

/** The string literals up to the end of the call; nothing where the call does not begin with one. */
function literalsOf(rest: string): readonly string[] {
  const found: string[] = [];
  let left = rest;
  for (;;) {
    const [gap = ''] = /^[\s,[({]*/.exec(left) ?? [];
    const [whole, quote, inner = ''] = /^(["'])((?:\\.|(?!\1)[\s\S])*)\1/.exec(left.slice(gap.length)) ?? [];
    if (whole === undefined || quote === undefined) return found;
    found.push(inner.replace(/\\(.)/gs, '$1'));
    left = left.slice(gap.length + whole.length);
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** One literal is shell text, several are words. */
function asCommand(literals: readonly string[]): readonly string[] {
  const [first, ...more] = literals;
  if (first === undefined) return [];
  return more.length === 0 ? [first] : [first, [first, ...more].map(quoted).join(' ')];
}

/** Files that are opened to be written (a mode of r alone only reads). */
function written(name: string, [path, mode]: readonly string[]): readonly string[] {
  if (path === undefined) return [];
  if (!/^f?open/.test(name)) return [path];
  const [, perlMode, perlPath] = /^\s*(\+?>{1,2})\s*(.*)$/s.exec(path) ?? [];
  if (perlMode !== undefined && perlPath !== undefined) return [perlPath === '' ? (mode ?? '') : perlPath];
  return mode !== undefined && /[wax+]/.test(mode) && mode.length <= 4 ? [path] : [];
}
