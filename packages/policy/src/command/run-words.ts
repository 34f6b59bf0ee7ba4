/** Runs one program on paper: its words through its model, its acts into facts. */

import { COMMAND_EFFECTS, type CommandEffectKind } from '@meshclaw/core';
import { type Act, actsOf } from './acts.js';
import type { Argument } from './argument.js';
import { judgeCommandWord, noteDynamic, resolveProgram, worst } from './command-word.js';
import { guessHandedOn } from './handed-on.js';
import type { Spec, Token } from './model.js';
import { isWild, shown } from './pattern.js';
import { readAct } from './read-act.js';
import {
  addPath,
  addProgram,
  addTarget,
  type Flow,
  GENERATED,
  MOST_PROGRAMS,
  type Origin,
  type Program,
  type Scope,
} from './scope.js';
import { spend } from './work.js';

/** A program about to run. */
export interface Call {
  readonly program: Program;
  readonly name: Argument;
  readonly args: readonly Argument[];
  readonly stdin: Origin;
}
/** A call whose model is known. */
export interface Modelled extends Call {
  readonly spec: Spec;
  readonly acts: readonly Act[];
  /** Programs of the substitutions in its words. */
  readonly inner: readonly Program[];
}
/** No command that is meant to be read has more words. */
const MOST_WORDS = 1_024;
const PATH_EFFECTS: ReadonlySet<Token> = new Set<Token>([
  ...(['read', 'list', 'write', 'truncate', 'delete', 'alter', 'execute', 'send', 'use', 'harden'] as const),
]);
const EFFECTS: ReadonlySet<string> = new Set(COMMAND_EFFECTS);
const isEffect = (token: Token): token is CommandEffectKind => EFFECTS.has(token);

/** Judges the words of a command that another one starts. */
export function runInner(words: readonly Argument[], stdin: Origin, scope: Scope, flow: Flow): Origin {
  const [name, ...args] = words;
  if (name === undefined) return GENERATED;
  judgeCommandWord(name, scope);
  return runWords({ program: addProgram(scope, name.pattern, args), name, args, stdin }, scope, flow);
}

/** Judges a program; answers what its output comes from. */
export function runWords(call: Call, scope: Scope, flow: Flow): Origin {
  const { program, name, args } = call;
  const { found } = scope;
  if (found.programs.length > MOST_PROGRAMS) return GENERATED;
  if (args.length > MOST_WORDS) {
    found.obscured.add('more words than anybody reads');
    return GENERATED;
  }
  // Letters of one word may each be an option.
  spend(
    scope.work,
    args.reduce((sum, { pattern }) => sum + (pattern.startsWith('-') ? 4 * pattern.length : 0), 0),
  );
  const substituted = noteDynamic([name, ...args], scope, flow);
  // A substitution is judged where it is first seen, which may be at a wrapper of this program.
  const isSubstituted = args.some(({ scripts }) => scripts.length > 0);
  const inner = isSubstituted ? found.programs.filter(({ chain }) => chain.includes('$()')) : [];
  const resolved = resolveProgram(name, flow);
  Object.assign(program, { name: shown(resolved.name) });
  const spec = resolved.path === undefined ? scope.models.get(resolved.name) : undefined;
  if (spec === undefined) return runUnknown(call, scope, flow, resolved.path);
  const { acts, unknown, spec: fitting } = actsOf(spec, resolved.name, args);
  program.unknown.push(...unknown);
  if (unknown.length > 0) {
    useWords(call, scope, flow);
    guessHandedOn(call, scope, flow);
  }
  const modelled = { ...call, spec: fitting, acts, inner };
  const outputs = acts.flatMap((act) => perform(act, modelled, scope, flow) ?? []);
  return finish(modelled, { spec, substituted, output: worst(outputs) }, scope);
}

/** Nothing is known but the paths it is given. */
function runUnknown(call: Call, scope: Scope, flow: Flow, path: string | undefined): Origin {
  const { program, name } = call;
  if (!scope.functions.has(program.name)) program.unknown.push('no model of this program');
  if (path !== undefined) runPath({ ...call.name, pattern: path }, name.pattern, program, scope, flow);
  useWords(call, scope, flow);
  guessHandedOn(call, scope, flow);
  return GENERATED;
}

/** A file that is run; one that this command fetched or made is worse than one that lies there. */
export function runPath(word: Argument, via: string, program: Program, scope: Scope, flow: Flow): void {
  const origin = worst(word.scripts.map((script) => scope.found.substituted.get(script) ?? GENERATED));
  for (const path of addPath(scope, flow, program, 'execute', word, via)) {
    if (origin.kind === 'download' || scope.found.downloaded.has(path))
      addTarget(scope, program, 'run_download', path, via);
    else if (word.scripts.length > 0 || scope.found.generated.has(path))
      addTarget(scope, program, 'run_generated', path, via);
  }
}

/** Every word that may be a path, for a program that may do anything with it. */
function useWords({ program, args }: Call, scope: Scope, flow: Flow): void {
  for (const word of args) {
    const parts = word.pattern.split(/[=,:\s'"()]|^-[A-Za-z](?=[/~])/u).filter((part) => /[/~.]/.test(part));
    for (const pattern of new Set([word.pattern, ...parts]))
      if (pattern.length > 0 && !pattern.startsWith('-'))
        addPath(scope, flow, program, 'use', { ...word, pattern }, 'operand');
  }
}

/** One act into facts; answers what the program's output comes from, where the act decides that. */
function perform(act: Act, call: Modelled, scope: Scope, flow: Flow): Origin | undefined {
  const { token, words, via, tree } = act;
  const [word] = words;
  const { program } = call;
  if (token === 'execute' && word !== undefined) {
    runPath(word, via, program, scope, flow);
    return undefined;
  }
  if (token === 'signal') {
    for (const target of signalled(word, via, call)) addTarget(scope, program, 'signal', target, via);
    return undefined;
  }
  if (PATH_EFFECTS.has(token)) {
    if (word === undefined) addTarget(scope, program, token as CommandEffectKind, via, via);
    else if (word.pattern !== '-') addPath(scope, flow, program, token as CommandEffectKind, word, via, tree);
    return undefined;
  }
  if (!isEffect(token)) return readAct(token, act, call, scope, flow);
  addTarget(scope, program, token, word?.pattern ?? via, via);
  return undefined;
}

/** Who is signalled: by name where a substitution looks the process up. */
function signalled(word: Argument | undefined, via: string, { inner }: Modelled): readonly string[] {
  if (word === undefined) return [via];
  const names = inner
    .filter(({ name }) => name === 'pidof' || name === 'pgrep')
    .flatMap(({ words }) => words.filter((one) => !one.startsWith('-')));
  return [word.pattern, ...names];
}

const NETWORK: ReadonlySet<string> = new Set(['connect', 'lookup', 'socket']);

/** What follows from everything together. */
function finish(
  { program, spec: fitting, stdin, args }: Modelled,
  { spec, substituted, output }: { readonly spec: Spec; readonly substituted: Origin; readonly output: Origin },
  scope: Scope,
): Origin {
  const network = program.effects.some(({ kind }) => NETWORK.has(kind));
  if (network && substituted.kind !== 'none') addTarget(scope, program, 'send', 'a substitution', program.name);
  // Text that stands in the command is seen by whoever allows it; what is read or made is not.
  if ((spec.sends || fitting.sends) && network && stdin.kind !== 'none' && stdin.kind !== 'text')
    addTarget(scope, program, 'send', 'standard input', program.name);
  const written = program.effects.filter(({ kind }) => kind === 'truncate' || kind === 'write');
  if (network) for (const { path } of written) if (path !== undefined) scope.found.downloaded.add(path);
  if (network) return { kind: 'download' };
  if (output.kind !== 'none') return output;
  if (stdin.kind === 'download') return stdin;
  if (fitting.prints) return printed(args);
  if (fitting.passes) return passed(program, stdin);
  return program.name === 'find' || program.name === 'ls' ? namesBelow(program) : filtered(program, stdin);
}

/** Text that is printed as it stands; anything that is written in escapes is made at run time. */
function printed(args: readonly Argument[]): Origin {
  const text = args
    .map(({ pattern }) => pattern)
    .join(' ')
    .replace(/^-n /, '');
  const plain = args.every(({ exact }) => exact) && !/\\(?![n"'$\\ ])|%(?![sd%])|^-[a-zA-Z]*e/u.test(text);
  if (!plain || isWild(text)) return GENERATED;
  const [first = '', ...more] = args.map(({ pattern }) => pattern);
  const format = /%[sd]/.test(first) && more.length > 0 ? more.join('\n') : text;
  return { kind: 'text', text: format.replaceAll('\\n', '\n') };
}

/** Names of files that are listed, for what reads names: anything below, or the place itself. */
function namesBelow({ name, effects, words }: Program): Origin {
  const paths = effects.flatMap(({ kind, path }) => (kind === 'list' && path !== undefined ? [path] : []));
  const names = words.flatMap((word, at) => (name === 'find' && /^-i?name$/.test(word) ? [words[at + 1] ?? '*'] : []));
  return { kind: 'generated', paths: paths.flatMap((path) => [path, ...names.map((one) => `${path}/${one}`)]) };
}

/** A filter leaves some of the names that it is given. */
const filtered = ({ effects }: Program, stdin: Origin): Origin =>
  stdin.kind === 'generated' && effects.length === 0 ? stdin : GENERATED;

/** `cat` and its like: what they are given, or the file they name. */
function passed(program: Program, stdin: Origin): Origin {
  const path = program.effects.find(({ kind, via }) => kind === 'read' && via === program.name)?.path;
  return path === undefined ? stdin : { kind: 'file', path };
}
