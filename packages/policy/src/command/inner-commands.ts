/** Commands that a program starts from its own words: wrappers, xargs, find. */

import { type Argument, exactArgument, unknownArgument } from './argument.js';
import { ANY, ONE, STAR } from './pattern.js';
import { type Modelled, runInner } from './run-words.js';
import { addTarget, type Flow, GENERATED, NOTHING, noteVariable, type Origin, ownFlow, type Scope } from './scope.js';

/** Names from input that are looked at one by one. */
const MOST_NAMES = 32;

/** The scope of what this program starts. */
export const inside = (scope: Scope, { program, spec }: Modelled): Scope => ({
  ...scope,
  chain: [...scope.chain, program.name],
  privilege: spec.privilege ?? scope.privilege,
  depth: scope.depth + 1,
});

/** The rest of a program's words as a command of their own. */
export function runRest(words: readonly Argument[], call: Modelled, scope: Scope, flow: Flow): Origin {
  let rest = words;
  for (let first = rest[0]; call.spec.assignments && first !== undefined; first = rest[0]) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/su.exec(first.pattern) ?? [];
    if (name === undefined || value === undefined) break;
    noteVariable(scope, name, value);
    rest = rest.slice(1);
  }
  if (rest.length === 0) {
    if (call.program.name === 'env') addTarget(scope, call.program, 'reveal', 'the environment', 'env');
    return GENERATED;
  }
  const added = call.spec.appends ? withInput(rest, call) : rest;
  // What is read for words is not there for the program any more (xargs(1)).
  return runInner(
    added,
    call.spec.appends ? NOTHING : call.stdin,
    inside(scope, call),
    call.program.name === 'exec' ? flow : ownFlow(flow),
  );
}

/** Words that come from input are put behind, or where the replacement string is (xargs(1), parallel(1)). */
function withInput(words: readonly Argument[], { args, stdin }: Modelled): readonly Argument[] {
  const at = args.findIndex(({ pattern }) => /^-I|^--replace/.test(pattern));
  const given = args[at]?.pattern.replace(/^-I|^--replace=?/, '') || args[at + 1]?.pattern;
  const marks = ['{}', ...(at === -1 || given === undefined ? [] : [given])];
  const unknown = unknownArgument('words_from_input');
  const known = namesFrom(stdin);
  const filled = words.flatMap((word) => {
    const mark = marks.find((one) => word.pattern.includes(one));
    if (mark === undefined) return [word];
    return [unknown, ...known.map((one) => ({ ...one, pattern: word.pattern.replaceAll(mark, one.pattern) }))];
  });
  return [...filled, ...known, unknown];
}

/** Names that are known to come: written out, or of what was listed. */
function namesFrom(stdin: Origin): readonly Argument[] {
  if (stdin.kind === 'text') {
    const names = stdin.text.split(/\s+/).filter((name) => name !== '');
    return names.slice(0, MOST_NAMES).map((pattern) => ({ ...exactArgument(pattern), exact: false }));
  }
  if (stdin.kind !== 'generated') return [];
  const unknown = unknownArgument('words_from_input');
  return (stdin.paths ?? []).map((pattern) => ({ ...unknown, pattern, mayBeOption: false, odd: false, tree: true }));
}

/** find's `-exec`: `{}` is anything below the folders it looks in. */
export function runFound(words: readonly Argument[], call: Modelled, scope: Scope, flow: Flow): Origin {
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
