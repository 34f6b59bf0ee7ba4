/** OPA's JSON syntax trees, as far as the tools look into them: terms, references, expressions and where they stand. */

/** A place inside a file; both count from 1. */
export interface At {
  readonly row: number;
  readonly col: number;
}
/** Any node; what it holds depends on its kind. */
export interface Node {
  readonly location?: At;
  readonly type?: string;
  readonly value?: unknown;
  readonly negated?: boolean;
  readonly terms?: unknown;
  readonly [key: string]: unknown;
}
/** An expression of a body. */
export interface Expression extends Node {
  readonly index: number;
  readonly location: At;
}
export interface RuleNode extends Node {
  readonly location: At;
  readonly body: readonly Expression[];
  readonly head: Node & {
    readonly name?: string;
    readonly key?: Node;
    readonly value?: Node;
    readonly args?: readonly Node[];
  };
}
/** One file's tree. */
export interface ModuleTree {
  readonly file: string;
  readonly imports: readonly (Node & { readonly alias?: string })[];
  readonly rules: readonly RuleNode[];
}

const isNode = (value: unknown): value is Node => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Every node below a value, itself first, in source order as far as the tree keeps it. */
export function* nodesIn(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodesIn(item);
  else if (isNode(value)) {
    yield value;
    for (const [key, item] of Object.entries(value)) if (key !== 'location') yield* nodesIn(item);
  }
}

/** The tree of a file as the compiler gives it; an `else` is a rule of its own. */
export function moduleTree(file: string, ast: unknown): ModuleTree {
  const { imports = [], rules = [] } = ast as { imports?: ModuleTree['imports']; rules?: readonly RuleNode[] };
  return { file, imports, rules: rules.flatMap(withElse) };
}

function withElse(rule: RuleNode): readonly RuleNode[] {
  const other = rule.else as RuleNode | undefined;
  const placed = other && { ...other, location: other.location ?? rule.location };
  return placed ? [rule, ...withElse(placed)] : [rule];
}

/** The constant steps of a reference up to the first that is not one: `input.a[x].b` is `['input', 'a']`. */
export function stepsOf(node: Node): readonly string[] {
  if (node.type !== 'ref' || !Array.isArray(node.value)) return [];
  const [head, ...rest] = node.value as readonly Node[];
  if (typeof head?.value !== 'string') return [];
  const end = rest.findIndex(({ type }) => type !== 'string');
  return [head.value, ...rest.slice(0, end === -1 ? rest.length : end).map(({ value }) => String(value))];
}

/** References below a value that begin with a name, such as `input`. */
export const refsTo = (name: string, value: unknown): readonly Node[] =>
  [...nodesIn(value)].filter((node) => stepsOf(node)[0] === name);

/** A call: the function's dotted name, its arguments and where it stands. */
export interface Call {
  readonly name: string;
  readonly args: readonly Node[];
  readonly at: At | undefined;
}

/** Calls below a value; operators are calls of `equal`, `lt` and the like. */
export function callsIn(value: unknown): readonly Call[] {
  return [...nodesIn(value)].flatMap((node) => {
    const words = node.type === 'call' ? node.value : node.terms;
    if (!Array.isArray(words) || words.length === 0) return [];
    const [called, ...args] = words as readonly Node[];
    const name = called === undefined ? '' : stepsOf(called).join('.');
    return name === '' ? [] : [{ name, args, at: node.location ?? called?.location }];
  });
}

/** True when nothing but constants is in it. */
export const isConstant = (node: Node | undefined): boolean =>
  node !== undefined && ['string', 'number', 'boolean', 'null'].includes(node.type ?? '');

/** Whether a call builds a reason: `reason.because`, or `reason.about` with facts that a rule found. */
export const buildsReason = ({ name }: Call): boolean => /(^|\.)(because|about)$/.test(name);
