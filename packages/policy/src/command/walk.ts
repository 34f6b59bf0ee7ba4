/** Walks a script: each simple command is run on paper, everything that is only known at run time is named. */

import { type Argument, argumentsOf } from './argument.js';
import { judgeCommandWord, noteDynamic } from './command-word.js';
import { assign, redirect } from './redirect.js';
import { runWords } from './run-words.js';
import { ANY } from './pattern.js';
import { addProgram, addValue, DEEPEST, type Flow, GENERATED, NOTHING, type Origin, ownFlow, type Scope, settleFolder } from './scope.js';
import { childrenOf, type Command, type ParsedScript, parseShell, type Statement, type SyntaxNode } from './syntax.js';

/** Judges shell text inside a command; answers what its output comes from. */
export function walkText(text: string, stdin: Origin, scope: Scope, flow: Flow): Origin {
  if (scope.depth > DEEPEST) {
    scope.found.obscured.add('nested more deeply than anybody reads');
    return GENERATED;
  }
  const script = parseShell(text);
  if (script) return walkScript(script, stdin, scope, flow);
  scope.found.obscured.add('shell text that cannot be parsed');
  return GENERATED;
}

/** Judges a parsed script. */
export function walkScript(script: ParsedScript, stdin: Origin, scope: Scope, flow: Flow): Origin {
  if (script.errors?.length) scope.found.obscured.add('shell text that cannot be parsed');
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
  switch (node.type) {
    case 'Command':
      return walkCommand(node, stdin, scope, flow);
    case 'Pipeline':
      return node.commands.reduce<Origin>(
        (before, command, place) =>
          walkNode(command, place === 0 ? stdin : before, scope, node.commands.length > 1 ? ownFlow(flow) : flow),
        stdin,
      );
    case 'AndOr':
      return joined(
        node.commands.map((command, place) => {
          if (place > 0 && node.operators[place - 1] !== '&&') settleFolder(flow);
          return walkNode(command, stdin, scope, flow);
        }),
      );
    case 'Subshell':
      return walkStatements(node.body.commands, stdin, scope, ownFlow(flow));
    case 'BraceGroup':
      return walkStatements(node.body.commands, stdin, scope, flow);
    case 'Redirected': {
      const program = addProgram(scope, ':', []);
      const input = redirect(node.redirects, program, scope, flow);
      const origin = walkNode(node.command, input.stdin ?? stdin, scope, flow);
      input.keep(origin);
      return origin;
    }
    default:
      return walkOther(node, stdin, scope, flow);
  }
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
    const words = node.wordlist?.flatMap((word) => argumentsOf(word, scope.assigned)) ?? [];
    for (const { pattern } of words.length > 0 ? words : [{ pattern: ANY }]) addValue(scope, node.name.value, pattern);
  }
  return walkInside(node, stdin, scope, flow);
}

/** Every command inside, whatever holds it. */
function walkInside(node: SyntaxNode, stdin: Origin, scope: Scope, flow: Flow): Origin {
  let last: Origin = GENERATED;
  for (const child of childrenOf(node)) {
    if (child.type === 'Word') noteDynamic(argumentsOf(child, scope.assigned), scope, flow);
    else if (child.type === 'Script') walkScript(child as ParsedScript, NOTHING, scope, ownFlow(flow));
    else if (child.type === 'Statement') {
      last = walkStatements([child], stdin, scope, flow);
    } else if (['Command', 'Pipeline', 'AndOr', 'Subshell', 'BraceGroup', 'Redirected'].includes(child.type)) {
      last = walkNode(child, stdin, scope, flow);
    } else if (child.type !== 'Redirect') walkOtherChild(child, stdin, scope, flow);
  }
  return last.kind === 'text' || last.kind === 'file' ? GENERATED : last;
}

function walkOtherChild(child: SyntaxNode, stdin: Origin, scope: Scope, flow: Flow): void {
  if (child.type === 'If' || child.type === 'For' || child.type === 'While' || child.type === 'Case') {
    walkOther(child, stdin, scope, flow);
  } else walkInside(child, stdin, scope, flow);
}

function walkCommand(node: Command, stdin: Origin, scope: Scope, flow: Flow): Origin {
  const words: readonly Argument[] = [node.name, ...node.args].flatMap((word) => {
    if (word === undefined) return [];
    if (word.type === 'Word') return argumentsOf(word, scope.assigned);
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
