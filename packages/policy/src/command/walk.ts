/** Walks a script: each simple command is run on paper, everything that is only known at run time is named. */

import { type Argument, argumentsOf } from './argument.js';
import { judgeCommandWord, noteDynamic, worst } from './command-word.js';
import { ANY } from './pattern.js';
import { assign, redirect } from './redirect.js';
import { runWords } from './run-words.js';
import {
  addProgram,
  DEEPEST,
  type Flow,
  GENERATED,
  MOST_PROGRAMS,
  NOTHING,
  noteVariable,
  type Origin,
  ownFlow,
  type Scope,
  settleFolder,
} from './scope.js';
import {
  type AndOr,
  type Command,
  childrenOf,
  type ParsedScript,
  type Pipeline,
  parseShell,
  type Redirected,
  type Statement,
  type SyntaxNode,
} from './syntax.js';
import { spend, stepsOfScript, TOO_COMPLEX } from './work.js';

/** Scripts within scripts, of either kind: shell text and substitutions. */
const MOST_DEPTH = 2 * DEEPEST;
/** Steps for a node of the tree. */
const NODE = 16;

/** Judges shell text inside a command; answers what its output comes from. */
export function walkText(text: string, stdin: Origin, scope: Scope, flow: Flow): Origin {
  if (scope.depth > DEEPEST) {
    scope.found.obscured.add('nested more deeply than anybody reads');
    return GENERATED;
  }
  spend(scope.work, stepsOfScript(text));
  const script = parseShell(text);
  if (script) return walkScript(script, stdin, scope, flow);
  scope.found.obscured.add('shell text that cannot be parsed');
  return GENERATED;
}

/** Judges a parsed script. */
export function walkScript(script: ParsedScript, stdin: Origin, scope: Scope, flow: Flow): Origin {
  if (script.errors?.length) scope.found.obscured.add('shell text that cannot be parsed');
  if (scope.depth > MOST_DEPTH) throw TOO_COMPLEX;
  return walkStatements(script.commands, stdin, { ...scope, depth: scope.depth + 1 }, flow);
}

function walkStatements(statements: readonly Statement[], stdin: Origin, scope: Scope, flow: Flow): Origin {
  const origins = statements.map((statement) => {
    if (statement.background === true) scope.found.dynamic.add('background');
    const origin = walkNode(statement.command, stdin, scope, flow);
    settleFolder(flow);
    return origin;
  });
  return joined(origins);
}

/** Output of several commands is as bad as the worst of them. */
function joined(origins: readonly Origin[]): Origin {
  const [only, ...more] = origins;
  if (only && more.length === 0) return only;
  return origins.find(({ kind }) => kind === 'download') ?? (only ? GENERATED : NOTHING);
}

function walkNode(node: SyntaxNode, stdin: Origin, scope: Scope, flow: Flow): Origin {
  spend(scope.work, NODE);
  if (node.type === 'Command') return walkCommand(node, stdin, scope, flow);
  if (node.type === 'Pipeline') return walkPipeline(node, stdin, scope, flow);
  if (node.type === 'AndOr') return walkAndOr(node, stdin, scope, flow);
  if (node.type === 'Subshell') return walkStatements(node.body.commands, stdin, scope, ownFlow(flow));
  if (node.type === 'BraceGroup') return walkStatements(node.body.commands, stdin, scope, flow);
  if (node.type === 'Redirected') return walkRedirected(node, stdin, scope, flow);
  return walkOther(node, stdin, scope, flow);
}

/** Each command of a pipeline reads what the one before it prints, and has a shell of its own. */
function walkPipeline({ commands }: Pipeline, stdin: Origin, scope: Scope, flow: Flow): Origin {
  const own = () => (commands.length > 1 ? ownFlow(flow) : flow);
  return commands.reduce<Origin>((before, command) => walkNode(command, before, scope, own()), stdin);
}

function walkAndOr({ commands, operators }: AndOr, stdin: Origin, scope: Scope, flow: Flow): Origin {
  const origins = commands.map((command, place) => {
    if (place > 0 && operators[place - 1] !== '&&') settleFolder(flow);
    return walkNode(command, stdin, scope, flow);
  });
  return joined(origins);
}

function walkRedirected({ command, redirects }: Redirected, stdin: Origin, scope: Scope, flow: Flow): Origin {
  const input = redirect(redirects, addProgram(scope, ':', []), scope, flow);
  const origin = walkNode(command, input.stdin ?? stdin, scope, flow);
  input.keep(origin);
  return origin;
}

/** Loops, branches, functions and tests: what is in them is judged, how often it runs is not known. */
function walkOther(node: SyntaxNode, stdin: Origin, scope: Scope, flow: Flow): Origin {
  const { found, functions } = scope;
  found.dynamic.add(node.type.toLowerCase());
  if (node.type === 'Function') {
    const name = node.name.value;
    functions.add(name);
    const before = found.programs.length;
    walkInside(node, stdin, scope, ownFlow(flow));
    if (found.programs.slice(before).some((program) => program.name === name)) {
      const program = addProgram(scope, name, []);
      program.effects.push({ kind: 'fork_bomb', target: name, via: name, tree: false, marks: [] });
    }
    return NOTHING;
  }
  if (node.type === 'For' || node.type === 'Select') {
    const words = node.wordlist?.flatMap((word) => argumentsOf(word, scope)) ?? [];
    for (const { pattern } of words.length > 0 ? words : [{ pattern: ANY }])
      noteVariable(scope, node.name.value, pattern);
  }
  return walkInside(node, stdin, scope, flow);
}

const COMMANDS: ReadonlySet<string> = new Set([
  ...['Command', 'Pipeline', 'AndOr', 'Subshell', 'BraceGroup', 'Redirected', 'If', 'For', 'While', 'Case', 'Function'],
  ...['Select', 'ArithmeticFor', 'ArithmeticCommand', 'TestCommand', 'Coproc'],
]);

/** Every command inside, whatever holds it. */
function walkInside(node: SyntaxNode, stdin: Origin, scope: Scope, flow: Flow): Origin {
  let last: Origin = NOTHING;
  for (const child of childrenOf(node)) {
    spend(scope.work, NODE);
    if (child.type === 'Word') noteDynamic(argumentsOf(child, scope), scope, flow);
    else if (child.type === 'Script') walkScript(child as ParsedScript, NOTHING, scope, ownFlow(flow));
    else if (child.type === 'Statement') last = walkStatements([child], stdin, scope, flow);
    else if (COMMANDS.has(child.type)) last = walkNode(child, stdin, scope, flow);
    else last = worst([last, walkInside(child, stdin, scope, flow)]);
  }
  return last.kind === 'download' ? last : GENERATED;
}

function walkCommand(node: Command, stdin: Origin, scope: Scope, flow: Flow): Origin {
  if (scope.found.programs.length > MOST_PROGRAMS) return GENERATED;
  const words: readonly Argument[] = [node.name, ...node.args].flatMap((word) => {
    if (word === undefined) return [];
    if (word.type === 'Word') return argumentsOf(word, scope);
    return assign(word, scope, flow);
  });
  const assignments = node.prefix.flatMap((one) => (one.type === 'Assignment' ? [one] : []));
  for (const assignment of assignments) assign(assignment, scope, flow);
  const [name, ...args] = words;
  if (name === undefined) {
    const program = addProgram(scope, ':', []);
    const input = redirect(node.redirects, program, scope, flow);
    input.keep(NOTHING);
    return NOTHING;
  }
  judgeCommandWord(name, scope);
  const program = addProgram(scope, name.pattern, args);
  const input = redirect(node.redirects, program, scope, flow);
  const origin = runWords({ program, name, args, stdin: input.stdin ?? stdin }, scope, flow);
  input.keep(origin);
  return origin;
}
