/** Acts that have to be read further: commands in arguments, code, folders, places of copies. */

import type { CommandEffectKind } from '@meshclaw/core';
import type { Act } from './acts.js';
import { type Argument, exactArgument, unknownArgument } from './argument.js';
import { ANY, HOME, normalPath, ONE, shown, STAR } from './pattern.js';
import { type Modelled, runInner, runPath } from './run-words.js';
import { addPath, addTarget, changeFolder, type Flow, GENERATED, type Origin, ownFlow, type Scope } from './scope.js';
import { scanAwk } from './scripts/awk.js';
import { scanCode } from './scripts/code.js';
import { scanSed } from './scripts/sed.js';
import { walkText } from './walk.js';

/** Reads an act further; answers what the program's output comes from, where the act decides that. */
export function readAct(act: Act, call: Modelled, scope: Scope, flow: Flow): Origin | undefined {
  const { token, words, via } = act;
  const [word] = words;
  switch (token) {
    case 'argv':
      return runRest(words, call, scope, flow);
    case 'until_semicolon':
      return runFound(words, call, scope, flow);
    case 'shell':
    case 'shell_words':
      return runShellText(words, via, call, scope, flow);
    case 'stdin_shell':
    case 'stdin_code':
      return runStandardInput(token === 'stdin_shell', call, scope, flow);
    case 'code':
      if (word !== undefined) readCode(word, via, call, scope);
      return GENERATED;
    case 'sed':
    case 'awk':
      if (word !== undefined) readScript(token, word, call, scope, flow);
      return undefined;
    case 'folder':
      changeFolder(flow, word, HOME);
      return undefined;
    case 'target':
      if (word !== undefined) copyTo(word, via, call, scope, flow);
      return undefined;
    case 'remote_name': {
      const name = word?.pattern.replace(/[?#].*$/, '').split('/').at(-1) ?? '';
      if (word !== undefined) addPath(scope, flow, call.program, 'truncate', { ...word, pattern: name || 'index.html' }, via);
      return undefined;
    }
    case 'variable':
      if (word !== undefined && (!word.exact || !/^[A-Za-z_]\w*$/.test(word.pattern)))
        call.program.unknown.push(`${via}: not the name of a variable`);
      return undefined;
    default:
      return undefined;
  }
}

/** The scope of what this program starts. */
const inside = (scope: Scope, { program, spec }: Modelled): Scope => ({
  ...scope,
  chain: [...scope.chain, program.name],
  privilege: spec.privilege ?? scope.privilege,
  depth: scope.depth + 1,
});

function runRest(words: readonly Argument[], call: Modelled, scope: Scope, flow: Flow): Origin {
  let rest = words;
  for (let first = rest[0]; call.spec.assignments && first !== undefined; first = rest[0]) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/su.exec(first.pattern) ?? [];
    if (name === undefined || value === undefined) break;
    scope.found.environment.push({ name, value: shown(value), kind: scope.marker.variable(name, value) });
    rest = rest.slice(1);
  }
  if (rest.length === 0) {
    if (call.program.name === 'env') addTarget(scope, call.program, 'reveal', 'the environment', 'env');
    return GENERATED;
  }
  const added = call.spec.appends ? withInput(rest, call) : rest;
  return runInner(added, call.stdin, inside(scope, call), call.program.name === 'exec' ? flow : ownFlow(flow));
}

/** Words that come from input are put behind, or where the replacement string is (xargs(1), parallel(1)). */
function withInput(words: readonly Argument[], { args }: Modelled): readonly Argument[] {
  const at = args.findIndex(({ pattern }) => /^-I|^--replace/.test(pattern));
  const given = args[at]?.pattern.replace(/^-I|^--replace=?/, '') || args[at + 1]?.pattern;
  const marks = ['{}', ...(at === -1 || given === undefined ? [] : [given])];
  const unknown = unknownArgument('words_from_input');
  return [...words.map((word) => (marks.some((mark) => word.pattern.includes(mark)) ? unknown : word)), unknown];
}

/** find's `-exec`: `{}` is anything below the folders it looks in. */
function runFound(words: readonly Argument[], call: Modelled, scope: Scope, flow: Flow): Origin {
  const roots = call.acts.flatMap(({ token, words: [word], via }) =>
    word !== undefined && via === 'find' && (token === 'list' || token === 'delete') ? [word] : [],
  );
  const places = (roots.length > 0 ? roots : [exactArgument('.')]).flatMap(({ pattern }) => [
    { pattern, tree: true },
    ...namesLookedFor(call).map((name) => ({ pattern: `${pattern}/${name}`, tree: false })),
  ]);
  const origins = places.map(({ pattern, tree }) => {
    const each = words.map((word) => {
      if (!word.pattern.includes('{}')) return word;
      const found = word.pattern === '{}' ? pattern : word.pattern.replaceAll('{}', ANY);
      return { ...word, pattern: found, exact: false, tree, mayBeOption: false };
    });
    return runInner(each, call.stdin, inside(scope, call), ownFlow(flow));
  });
  return origins[0] ?? GENERATED;
}

/** Names that find is told to look for: what it finds may be called so. */
function namesLookedFor({ args }: Modelled): readonly string[] {
  const names = args.flatMap(({ pattern }, at) => (/^-i?(?:name|path|wholename)$/.test(pattern) ? [args[at + 1]] : []));
  return names.flatMap((name) => (name === undefined ? [] : [name.pattern.replaceAll('*', STAR).replaceAll('?', ONE)]));
}

function runShellText(
  words: readonly Argument[],
  via: string,
  call: Modelled,
  scope: Scope,
  flow: Flow,
): Origin | undefined {
  const origins = words.flatMap(({ scripts }) => scripts).map((one) => scope.found.substituted.get(one) ?? GENERATED);
  const kind = origins.some((origin) => origin.kind === 'download') ? 'run_download' : 'run_generated';
  if (origins.length > 0) addTarget(scope, call.program, kind, 'a substitution', via);
  const text = words.map(({ pattern }) => pattern).join(' ');
  if (text.trim() === '') return undefined;
  const here = ['eval', 'trap'].includes(call.program.name) ? flow : ownFlow(flow);
  return walkText(text.replaceAll(ANY, '$unknown'), call.stdin, inside(scope, call), here);
}

/** A shell or interpreter without a script of its own runs what it is fed; fed nothing, it waits for somebody to type. */
function runStandardInput(isShell: boolean, call: Modelled, scope: Scope, flow: Flow): Origin | undefined {
  const { stdin, program } = call;
  const add = (kind: CommandEffectKind): void => addTarget(scope, program, kind, 'standard input', program.name);
  switch (stdin.kind) {
    case 'none':
      add('interactive');
      return undefined;
    case 'download':
      add('run_download');
      return undefined;
    case 'generated':
      add('run_generated');
      return undefined;
    case 'file':
      runPath({ ...exactArgument(stdin.path), exact: true }, program.name, program, scope, flow);
      return undefined;
    case 'text':
      if (isShell) return walkText(stdin.text, { kind: 'none' }, inside(scope, call), ownFlow(flow));
      readCode(exactArgument(stdin.text), program.name, call, scope);
      return GENERATED;
  }
}

function readCode(word: Argument, via: string, { program }: Modelled, scope: Scope): void {
  const origins = word.scripts.map((one) => scope.found.substituted.get(one) ?? GENERATED);
  if (origins.length > 0) {
    const isDownload = origins.some(({ kind }) => kind === 'download');
    addTarget(scope, program, isDownload ? 'run_download' : 'run_generated', 'a substitution', via);
  }
  addTarget(scope, program, 'run_code', via, via);
  const { hidden, network, secret } = scanCode(word.pattern, scope.marker);
  if (hidden) addTarget(scope, program, 'obscure', 'code that is decoded when it runs', via);
  if (network) addTarget(scope, program, 'socket', 'code that opens connections', via);
  if (secret !== undefined)
    program.effects.push({ kind: 'read', path: secret, via, tree: false, marks: ['secret'] });
}

function readScript(language: 'sed' | 'awk', word: Argument, call: Modelled, scope: Scope, flow: Flow): void {
  const { program } = call;
  if (!word.exact) {
    program.unknown.push(`a script of ${language} that is not known`);
    return;
  }
  const { reads, writes, runs, network, unknown } = language === 'sed' ? scanSed(word.pattern) : scanAwk(word.pattern);
  program.unknown.push(...unknown.map((one) => `${language}: ${one}`));
  for (const path of reads) addPath(scope, flow, program, 'read', exactArgument(path), language);
  for (const path of writes) addPath(scope, flow, program, 'truncate', exactArgument(path), language);
  if (runs) addTarget(scope, program, 'run_code', `a command in a script of ${language}`, language);
  if (network) addTarget(scope, program, 'socket', `a connection in a script of ${language}`, language);
  const secret = scope.marker.secretIn(word.pattern);
  if (secret !== undefined && unknown.length > 0)
    program.effects.push({ kind: 'read', path: secret, via: language, tree: false, marks: ['secret'] });
}

/** A copy's place is a file, or a folder in which every source gets its own name. */
function copyTo(word: Argument, via: string, { acts, program }: Modelled, scope: Scope, flow: Flow): void {
  const sources = acts.flatMap(({ token, words: [source], via: by }) =>
    source !== undefined && by === via.split(' -')[0] && (token === 'read' || token === 'delete') ? [source] : [],
  );
  const isFolder = word.pattern.endsWith('/') || flow.folders.some((folder) => {
    const path = normalPath(word.pattern, folder);
    return scope.marker.path(path, false).includes('tree') || path === '/tmp';
  });
  if (!isFolder) addPath(scope, flow, program, 'truncate', word, via);
  for (const { pattern } of sources) {
    const name = pattern.replace(/\/+$/, '').split('/').at(-1) ?? '';
    if (name !== '') addPath(scope, flow, program, 'truncate', { ...word, pattern: `${word.pattern}/${name}` }, via);
  }
}
