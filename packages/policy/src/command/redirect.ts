/** Redirections and assignments: what they open, where standard input comes from, which variables they set. */

import { type Argument, argumentsOf, exactArgument, unknownArgument } from './argument.js';
import { noteDynamic, worst } from './command-word.js';
import { ANY } from './pattern.js';
import {
  addPath,
  addTarget,
  type Flow,
  GENERATED,
  noteVariable,
  type Origin,
  type Program,
  type Scope,
} from './scope.js';
import { type Assignment, type HereDoc, type Redirection, scriptsIn } from './syntax.js';
import { spend, stepsOfWord } from './work.js';

export interface Redirected {
  readonly stdin?: Origin;
  /** Remembers what the files that were written then hold. */
  keep(origin: Origin): void;
}

/** Judges redirections as effects of a program. */
export function redirect(redirections: readonly Redirection[], program: Program, scope: Scope, flow: Flow): Redirected {
  let stdin: Origin | undefined;
  const written: string[] = [];
  for (const one of redirections) {
    spend(scope.work, 16);
    if (one.descriptor?.type === 'FileDescriptorVariable') scope.found.dynamic.add('descriptor');
    if (one.type === 'HereDoc') stdin = hereDocument(one, scope, flow);
    else {
      const words = one.target === undefined ? [] : argumentsOf(one.target, scope);
      const origin = noteDynamic(words, scope, flow);
      if (words.length === 0) program.unknown.push(`redirection ${one.operator} without a target`);
      else if (one.type === 'HereString') stdin = hereString(words, origin);
      else for (const word of words) stdin = open(one.operator, word, program, scope, flow, written) ?? stdin;
    }
  }
  return {
    ...(stdin === undefined ? {} : { stdin }),
    keep: ({ kind }) => {
      const into =
        kind === 'download' ? scope.found.downloaded : kind === 'generated' ? scope.found.generated : undefined;
      for (const path of written) into?.add(path);
    },
  };
}

function hereDocument({ body, closing, delimiter }: HereDoc, scope: Scope, flow: Flow): Origin {
  spend(scope.work, delimiter?.quoted === true ? body.text.length : stepsOfWord(body.text));
  const { scripts } = scriptsIn(body);
  if (closing === undefined) scope.found.dynamic.add('open_here_document');
  const live = delimiter?.quoted !== true && body.parts !== undefined && /[$`]/.test(body.text);
  if (live) noteDynamic([{ ...unknownArgument('here_document'), scripts }], scope, flow);
  return { kind: 'text', text: body.text };
}

function hereString(words: readonly Argument[], origin: Origin): Origin {
  if (words.every(({ exact }) => exact)) return { kind: 'text', text: words.map(({ pattern }) => pattern).join(' ') };
  return origin.kind === 'download' ? origin : GENERATED;
}

/** Opens one target; answers the standard input that it becomes, if it does. */
function open(
  operator: string,
  word: Argument,
  program: Program,
  scope: Scope,
  flow: Flow,
  written: string[],
): Origin | undefined {
  const { pattern } = word;
  if (/^\/dev\/(tcp|udp)\//.test(pattern)) {
    addTarget(scope, program, 'socket', pattern, operator);
    return operator.startsWith('<') ? { kind: 'download' } : undefined;
  }
  const copies = word.exact && /^(\d+-?|-)$/.test(pattern);
  if (operator === '<&') return copies && pattern !== '0' ? GENERATED : undefined;
  if (operator === '>&' && copies) return undefined;
  if (operator === '<') {
    const [path] = addPath(scope, flow, program, 'read', word, operator);
    if (word.scripts.length > 0) return worst(word.scripts.map((one) => scope.found.substituted.get(one) ?? GENERATED));
    return path === undefined ? undefined : { kind: 'file', path };
  }
  const adds = operator === '>>' || operator === '&>>' || operator === '<>';
  written.push(...addPath(scope, flow, program, adds ? 'write' : 'truncate', word, operator));
  if (operator !== '<>') return undefined;
  const [path] = addPath(scope, flow, program, 'read', word, operator);
  return path === undefined ? undefined : { kind: 'file', path };
}

/** Judges an assignment; as a word (`export A=b`) it is also an argument. */
export function assign(assignment: Assignment, scope: Scope, flow: Flow): readonly Argument[] {
  const { name, value, index } = assignment;
  if (value.type === 'ArrayValue' || index !== undefined) {
    spend(scope.work, stepsOfWord(assignment.text));
    noteDynamic([{ ...unknownArgument('array'), ...scriptsIn(assignment) }], scope, flow);
    noteVariable(scope, name, ANY);
    return [unknownArgument('array')];
  }
  const values = argumentsOf(value, scope);
  noteDynamic(values, scope, flow);
  return values.map((one) => {
    noteVariable(scope, name, one.pattern);
    return one.exact ? exactArgument(`${name}=${one.pattern}`) : { ...one, pattern: `${name}=${one.pattern}` };
  });
}
