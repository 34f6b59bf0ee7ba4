/** What a compiler cannot see and a policy must still have: rules that would otherwise say nothing are refused before they do. */

import { SEVERITIES } from '@meshclaw/core';
import type { PolicyDiagnostic, PolicyError } from '../errors.js';
import type { RegoCompiler } from './rego-compiler.js';

type Inspection = Extract<Awaited<ReturnType<RegoCompiler['inspect']>>, { readonly ok: true }>['value'];
type Module = Inspection['modules'][number];

/** Sources of the owner have paths below this one. */
export const OWNER = 'owner/';
/** An owner may add rules; guards, helpers and the combiner are not his. */
const OWNERS_PACKAGE = /^(data\.)?meshclaw\.rules\.[a-z_]+\.[a-z_0-9]+$/;
const RULE_PACKAGE = /^(?:data\.)?meshclaw\.(guards|rules)\.([a-z_]+\.[a-z_0-9]+)$/;
const ANSWERS = {
  guards: ['deny', 'approval_required'],
  rules: ['deny', 'approval_required', 'auto_safe', 'read_state'],
};
const NOT_IN_SHADOW = ['auto_safe', 'read_state', 'obligation'];

/** What is wrong with the modules, or nothing. Err kinds: `policy.forbidden_package`, `policy.invalid_source`, each with file and row. */
export function checkModules({ modules, annotations }: Inspection): PolicyError | undefined {
  const foreign = modules.filter(
    (module) =>
      module.file.startsWith(OWNER) &&
      (!OWNERS_PACKAGE.test(module.package) || modules.some((other) => other !== module && samePackage(other, module))),
  );
  if (foreign.length > 0) {
    const message = "an owner's module needs a package of its own of the form meshclaw.rules.<noun>.<name>";
    const diagnostics = foreign.map(({ file, row }) => ({ message, file, row, column: 1 }));
    return { kind: 'policy.forbidden_package', message: "a package is not the owner's to define", diagnostics };
  }
  const diagnostics = modules.flatMap((module) => ruleProblems(module, annotations));
  return diagnostics.length === 0
    ? undefined
    : { kind: 'policy.invalid_source', message: 'a rule is not one that can answer', diagnostics };
}

/** Ids of the owner's rules that can make an answer milder than the class's default, sorted. */
export const looseningRules = ({ modules }: Inspection): readonly string[] =>
  modules
    .filter(
      ({ file, rules }) => file.startsWith(OWNER) && rules.some(({ name }) => /^(auto_safe|read_state)$/.test(name)),
    )
    .map(({ package: name }) => RULE_PACKAGE.exec(name)?.[2] ?? name)
    .sort();

const samePackage = (a: Module, b: Module): boolean =>
  a.package.replace(/^data\./, '') === b.package.replace(/^data\./, '');

function ruleProblems(module: Module, annotations: Inspection['annotations']): readonly PolicyDiagnostic[] {
  const [, kind, id] = RULE_PACKAGE.exec(module.package) ?? [];
  if (kind === undefined || id === undefined) return [];
  const at = { file: module.file, row: module.row, column: 1 }; // a package stands at the start of its line
  const names = kind === 'guards' ? ANSWERS.guards : ANSWERS.rules;
  const answers = module.rules.filter(({ name }) => ANSWERS.rules.includes(name));
  const wrong = answers.filter((rule) => rule.kind !== 'set' || !names.includes(rule.name));
  const about = annotations.find(({ scope, file }) => scope === 'package' && file === module.file);
  return [
    ...(answers.length > 0 ? [] : [{ message: `it has none of ${names.join(', ')}`, ...at }]),
    ...wrong.map(({ name, row, column }) => ({
      message: names.includes(name) ? `${name} has to be a set: ${name} contains …` : `a guard has no ${name}`,
      file: module.file,
      row,
      column,
    })),
    ...metadataProblems(id, about).map((message) => ({ message, ...at })),
    ...shadowProblems(kind, module, about).map((message) => ({ message, ...at })),
  ];
}

/** Watching a rule first is for what would be stricter: what loosens, or is never off, is not watched but in force. */
function shadowProblems(kind: string, { rules }: Module, about: Inspection['annotations'][number] | undefined) {
  if (about?.custom?.enforcement !== 'shadow') return [];
  if (kind === 'guards') return ['a guard is always enforced: custom.enforcement has to be hard'];
  return rules
    .filter(({ name }) => NOT_IN_SHADOW.includes(name))
    .map(({ name }) => `a rule in shadow may only deny or ask, so it has no ${name}`);
}

/** Without these a reason cannot be made, and the rule's answer would be undefined instead of a denial. */
function metadataProblems(id: string, about: Inspection['annotations'][number] | undefined): readonly string[] {
  if (about === undefined) return ['the package has no METADATA'];
  const { title, custom = {} } = about;
  const texts = { title, message: custom.message, remediation: custom.remediation };
  const missing = Object.entries(texts).filter(([, text]) => typeof text !== 'string' || text === '');
  return [
    ...missing.map(([name]) => `METADATA lacks ${name === 'title' ? 'a title' : `custom.${name}`}`),
    ...(custom.id === id ? [] : [`custom.id has to be ${id}`]),
    ...(SEVERITIES.some((one) => one === custom.severity)
      ? []
      : [`custom.severity has to be one of ${SEVERITIES.join(', ')}`]),
    ...([undefined, 'hard', 'shadow'].some((one) => one === custom.enforcement)
      ? []
      : ['custom.enforcement has to be hard or shadow']),
  ];
}
