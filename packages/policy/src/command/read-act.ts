/** Acts that have to be read further: commands in arguments, code, folders, places of copies. */

import type { CommandEffectKind } from '@meshclaw/core';
import type { Act } from './acts.js';
import { type Argument, exactArgument } from './argument.js';
import { inside, runFound, runRest } from './inner-commands.js';
import type { Reading } from './model.js';
import { ANY, HOME, normalPath } from './pattern.js';
import { type Modelled, runPath } from './run-words.js';
import {
  addPath,
  addTarget,
  changeFolder,
  type Flow,
  GENERATED,
  NOTHING,
  noteVariable,
  type Origin,
  ownFlow,
  type Scope,
} from './scope.js';
import { scanAwk } from './scripts/awk.js';
import { scanCode } from './scripts/code.js';
import { namedInCode } from './scripts/code-commands.js';
import { scanSed } from './scripts/sed.js';
import { parseShell } from './syntax.js';
import { walkText } from './walk.js';
import { spend } from './work.js';

/** Reads an act further; answers what the program's output comes from, where the act decides that. */
export function readAct(
  token: Reading,
  { words, via }: Act,
  call: Modelled,
  scope: Scope,
  flow: Flow,
): Origin | undefined {
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
      if (word !== undefined) readCode(word, via, call, scope, flow);
      return GENERATED;
    case 'sed':
    case 'awk':
      if (word !== undefined) readScript(token, word, call, scope, flow);
      return undefined;
    case 'folder':
      changeFolder(scope, flow, word, HOME);
      return undefined;
    case 'target':
      if (word !== undefined) copyTo(word, via, call, scope, flow);
      return undefined;
    case 'remote_name': {
      const name =
        word?.pattern
          .replace(/[?#].*$/, '')
          .split('/')
          .at(-1) ?? '';
      if (word !== undefined)
        addPath(scope, flow, call.program, 'truncate', { ...word, pattern: name || 'index.html' }, via);
      return undefined;
    }
    case 'variable':
      if (word !== undefined) setVariable(word, via, call, scope);
      return undefined;
    case 'text':
      return undefined;
  }
}

/** A variable that a program sets; its value is not known. */
function setVariable(word: Argument, via: string, { program }: Modelled, scope: Scope): void {
  const name = word.pattern;
  // Quoted, `export A=b` is a word for the shell's parser and an assignment for export.
  const [, assigned, value] = /^([A-Za-z_]\w*)\+?=(.*)$/su.exec(name) ?? [];
  if (assigned !== undefined && value !== undefined) noteVariable(scope, assigned, value);
  else if (!word.exact || !/^[A-Za-z_]\w*$/.test(name)) program.unknown.push(`${via}: not the name of a variable`);
  else noteVariable(scope, name, ANY);
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
  // What a variable holds is read as shell text a second time.
  const again = call.program.name === 'eval';
  if (words.some(({ pattern, dynamic }) => dynamic.includes('variable') && (again || pattern.includes(ANY))))
    scope.found.obscured.add('text with a variable that is evaluated again');
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
      readCode(exactArgument(stdin.text), program.name, call, scope, flow);
      return GENERATED;
  }
}

function readCode(word: Argument, via: string, call: Modelled, scope: Scope, flow: Flow): void {
  const { program } = call;
  const origins = word.scripts.map((one) => scope.found.substituted.get(one) ?? GENERATED);
  if (origins.length > 0) {
    const isDownload = origins.some(({ kind }) => kind === 'download');
    addTarget(scope, program, isDownload ? 'run_download' : 'run_generated', 'a substitution', via);
  }
  addTarget(scope, program, 'run_code', via, via);
  spend(scope.work, word.pattern.length);
  const { hidden, network, secret } = scanCode(word.pattern, scope.marker);
  if (hidden) addTarget(scope, program, 'obscure', 'code that is decoded when it runs', via);
  if (network) addTarget(scope, program, 'socket', 'code that opens connections', via);
  if (secret !== undefined) program.effects.push({ kind: 'read', path: secret, via, tree: false, marks: ['secret'] });
  const { commands, deletes, truncates } = namedInCode(word.pattern, program.name);
  runWritten(commands, call, scope, flow);
  for (const path of deletes) addPath(scope, flow, program, 'delete', exactArgument(path), via, true);
  for (const path of truncates) addPath(scope, flow, program, 'truncate', exactArgument(path), via);
}

/** Commands that stand in code of another language: what they do comes to what that code does anyway. */
function runWritten(commands: readonly string[], call: Modelled, scope: Scope, flow: Flow): void {
  for (const text of commands)
    if (parseShell(text) !== undefined) walkText(text, NOTHING, inside(scope, call), ownFlow(flow));
}

function readScript(language: 'sed' | 'awk', word: Argument, call: Modelled, scope: Scope, flow: Flow): void {
  const { program } = call;
  if (!word.exact) {
    program.unknown.push(`a script of ${language} that is not known`);
    return;
  }
  spend(scope.work, 4 * word.pattern.length);
  const scanned = language === 'sed' ? scanSed(word.pattern) : scanAwk(word.pattern);
  const { reads, writes, commands, runs, network, unknown } = scanned;
  program.unknown.push(...unknown.map((one) => `${language}: ${one}`));
  for (const path of reads) addPath(scope, flow, program, 'read', exactArgument(path), language);
  for (const path of writes) addPath(scope, flow, program, 'truncate', exactArgument(path), language);
  if (runs) addTarget(scope, program, 'run_code', `a command in a script of ${language}`, language);
  runWritten(commands, call, scope, flow);
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
  const isFolder =
    word.pattern.endsWith('/') ||
    flow.folders.some((folder) => {
      const path = normalPath(word.pattern, folder);
      return scope.marker.path(path, false).includes('tree') || path === '/tmp';
    });
  if (!isFolder) addPath(scope, flow, program, 'truncate', word, via);
  for (const { pattern } of sources) {
    const name = pattern.replace(/\/+$/, '').split('/').at(-1) ?? '';
    if (name !== '') addPath(scope, flow, program, 'truncate', { ...word, pattern: `${word.pattern}/${name}` }, via);
  }
}
