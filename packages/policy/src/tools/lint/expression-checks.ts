/** Checks of what a rule does: negation, built-ins, references that lead nowhere. */

import { ANSWERS, type Complaint, type LintCheck, ruleParts, TOP } from './check.js';
import { createRequestPaths } from './request-paths.js';
import {
  buildsReason,
  type Call,
  callsIn,
  isConstant,
  type Node,
  nodesIn,
  type RuleNode,
  refsTo,
  stepsOf,
} from './syntax.js';

/** Built-ins whose failure makes an expression undefined, and a denial with it. */
const CAN_FAIL = new Set([
  ...['to_number', 'json.unmarshal', 'base64.decode', 'base64url.decode', 'json.filter', 'json.remove'],
  ...['net.cidr_contains', 'net.cidr_intersects', 'format_int', 'print'],
]);
/** Built-ins that fail on a pattern that is none; a constant one is compiled once and seen to be good. The number is the pattern's place. */
const PATTERNS: Readonly<Record<string, number>> = {
  'regex.match': 0,
  'regex.find_all_string_submatch_n': 0,
  'glob.match': 0,
};

const bannedBuiltin: LintCheck = {
  id: 'banned-builtin',
  level: 'error',
  description: 'No built-in that can fail, and no pattern that comes from the request',
  find: ({ tree }) =>
    callsIn(tree.rules).flatMap(({ name, args, at }) => {
      if (CAN_FAIL.has(name)) return [{ at: at ?? TOP, message: `${name} can fail, and the rule would say nothing` }];
      const place = Object.hasOwn(PATTERNS, name) ? PATTERNS[name] : undefined;
      if (place === undefined || isConstant(args[place])) return [];
      return [{ at: at ?? TOP, message: `the pattern of ${name} has to be written out` }];
    }),
};

/** Bodies below a rule: its own, and those of comprehensions and `every`. */
const bodiesIn = (rule: RuleNode): readonly (readonly Node[])[] =>
  [...nodesIn(rule)].flatMap(({ body }) => (Array.isArray(body) ? [body as readonly Node[]] : []));

const negatedInput: LintCheck = {
  id: 'negated-input',
  level: 'error',
  description: 'A negation is of a helper, never of the request itself: it also holds when the field is missing',
  find: ({ tree }) =>
    tree.rules.flatMap((rule) =>
      bodiesIn(rule).flatMap((body) => {
        const proved = new Set(
          body.filter(({ negated }) => negated !== true).flatMap((one) => refsTo('input', one).map(pathOf)),
        );
        return body
          .filter(({ negated }) => negated === true)
          .filter((one) => refsTo('input', one).some((ref) => !proved.has(pathOf(ref))))
          .map((one) => ({
            at: one.location ?? TOP,
            message: 'this also holds when the field is missing; negate a helper',
          }));
      }),
    ),
};

const pathOf = (ref: Node): string => stepsOf(ref).join('.');

const reasonFromMetadata: LintCheck = {
  id: 'reason-from-metadata',
  level: 'error',
  description:
    'An answer is built by reason.because(rego.metadata.chain(), …) or reason.about, so that its texts are those of METADATA',
  find: ({ tree, package: name }) => {
    if (!ruleParts(name)) return [];
    return tree.rules
      .filter(({ head }) => ANSWERS.includes(head.name ?? '') && !isBecause(tree.rules, head))
      .map(({ location }) => ({
        at: location,
        message: 'build this reason with reason.because(rego.metadata.chain(), …)',
      }));
  },
};

function isBecause(rules: readonly RuleNode[], head: RuleNode['head']): boolean {
  const rule = rules.find((one) => one.head === head);
  const made = callsIn([rule?.body, head.key]).filter(buildsReason);
  return made.some(({ args: [chain] }) => callsIn(chain).some((call: Call) => call.name === 'rego.metadata.chain'));
}

const knownInput = (): LintCheck => {
  const unknownStep = createRequestPaths();
  return {
    id: 'known-input',
    level: 'error',
    description: 'Every path into the request is one that its schema has',
    find: ({ tree }) => [
      ...refsTo('input', tree.rules).flatMap((ref) => {
        const path = stepsOf(ref).slice(1);
        return complaintOf(unknownStep(path), path, ref.location);
      }),
      ...factPaths(tree.rules).flatMap(({ path, at }) => complaintOf(unknownStep(path), path, at)),
    ],
  };
};

const complaintOf = (step: string | undefined, path: readonly string[], at = TOP): readonly Complaint[] =>
  step === undefined ? [] : [{ at, message: `no request has ${path.join('.')} ("${step}")` }];

/** The facts that reasons name: arrays of constant strings in the second argument of `because`. */
const factPaths = (rules: readonly RuleNode[]) =>
  callsIn(rules)
    .filter(buildsReason)
    .flatMap(({ args: [, paths] }) => (Array.isArray(paths?.value) ? (paths.value as readonly Node[]) : []))
    .filter(({ type, value }) => type === 'array' && Array.isArray(value) && value.every(isConstant))
    .map(({ value, location }) => ({ path: (value as readonly Node[]).map((one) => String(one.value)), at: location }));

const knownParameter: LintCheck = {
  id: 'known-parameter',
  level: 'error',
  description: 'Every parameter that a rule reads exists',
  find: ({ tree }, { parameters }) =>
    refsTo('data', tree.rules).flatMap((ref) => {
      const [, mesh, kind, name] = stepsOf(ref);
      return mesh === 'meshclaw' && kind === 'parameters' && name !== undefined && !Object.hasOwn(parameters, name)
        ? [{ at: ref.location ?? TOP, message: `there is no parameter ${name}` }]
        : [];
    }),
};

/** Checks of expressions; made anew for each run, because one of them reads the schema. */
export const expressionChecks = (): readonly LintCheck[] => [
  bannedBuiltin,
  negatedInput,
  reasonFromMetadata,
  knownInput(),
  knownParameter,
];
