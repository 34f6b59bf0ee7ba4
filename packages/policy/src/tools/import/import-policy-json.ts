/** Turns the `policy.json` of the Go edition into rules of an owner: its denials and its demands for a person, in its own words. What it allows loosens nothing here. */

import { err, type Result } from 'neverthrow';
import { fromAnswer, withCompiler } from '../../bundle/rego-compiler.js';
import type { PolicyError } from '../../errors.js';
import { nounOf, type Scope, scopeOf } from './actions.js';
import { type JsonRule, readPolicyJson } from './read-policy-json.js';
import { type Earlier, ruleFiles } from './rule-text.js';

/** What became of one rule of the file. */
export interface ImportedRule {
  /** Of the rule here, or the one it had. */
  readonly id: string;
  readonly row: number;
  /**
   * `rule`: it is a rule now. `base`: the shipped policy already says so, or something stricter. `not_taken`: it would allow
   * more than the shipped policy does. `not_reproduced`: it is stricter, and nothing here corresponds to what it is about.
   */
  readonly became: 'rule' | 'base' | 'not_taken' | 'not_reproduced';
  readonly effect: 'deny' | 'approval_required' | null;
  /** What is not quite as it was. */
  readonly notes: readonly string[];
}
export interface ImportedPolicy {
  readonly rules: readonly ImportedRule[];
  /** Texts by path below the owner's folder. */
  readonly files: Readonly<Record<string, string>>;
}

const EFFECTS = { deny: 'deny', require_approval: 'approval_required', allow: null } as const;
const MILDNESS = { deny: 0, require_approval: 1, allow: 2 } as const;

/** Translates a whole file, or nothing of it. Err kinds: `policy.invalid_source`, with file, row and column; `policy.compiler_unavailable`. */
export async function importPolicyJson(source: string, file: string): Promise<Result<ImportedPolicy, PolicyError>> {
  const read = readPolicyJson(source, file);
  if (read.isErr()) return err(read.error);
  const { rules, files } = translateAll(read.value);
  const texts = Object.entries(files).map(([path, text]) => ({ path, text }));
  const formatted = await withCompiler(async (rego) => fromAnswer(await rego.fmt({ files: texts })));
  return formatted.map((all) => ({ rules, files: Object.fromEntries(all.map(({ path, text }) => [path, text])) }));
}

function translateAll(all: readonly JsonRule[]): ImportedPolicy {
  const rules: ImportedRule[] = [];
  let files: Readonly<Record<string, string>> = {};
  for (const [index, rule] of all.entries()) {
    const effect = EFFECTS[rule.decision];
    const scope = scopeFor(rule);
    if (effect === null || scope === undefined) rules.push(untranslated(rule, scope));
    else {
      const { made, notes, id } = translated(rule, scope, effect, all.slice(0, index));
      files = { ...files, ...made };
      rules.push({ id, row: rule.row, became: 'rule', effect, notes });
    }
  }
  return { rules, files };
}

/** A resource of secrets is a class here. */
const scopeFor = ({ action, resource }: JsonRule): Scope | undefined =>
  ['secret', 'secrets'].includes(resource) && action === ''
    ? { kind: 'classes', classes: ['secret'] }
    : scopeOf(action);

function untranslated({ id, row, decision, action }: JsonRule, scope: Scope | undefined): ImportedRule {
  const effect = EFFECTS[decision];
  if (effect !== null)
    return {
      ...{ id, row, effect, became: 'not_reproduced' },
      notes: [`nothing here is called ${JSON.stringify(action)}; an operation that no catalogue has is denied anyway`],
    };
  return scope?.kind === 'reads'
    ? { ...{ id, row, effect, became: 'base' }, notes: ['what only reads is free here already'] }
    : {
        ...{ id, row, effect, became: 'not_taken' },
        notes: ['an allow loosens nothing here; the shipped policy decides'],
      };
}

function translated(rule: JsonRule, scope: Scope, effect: 'deny' | 'approval_required', before: readonly JsonRule[]) {
  const noun = nounOf(scope);
  const name = `imported_${rule.id}`;
  const notes = [
    ...(rule.context === '' || isCommands(scope)
      ? []
      : ['its context is no text of a command, so it is about every context']),
    ...(scope.kind === 'reads' && rule.action !== 'read_state'
      ? ['it is about the reads that this was made of, whoever makes them']
      : []),
  ];
  const text = isCommands(scope) ? rule.context : '';
  const milder = before.filter(({ decision }) => MILDNESS[decision] > MILDNESS[rule.decision]);
  const earlier = gathered(milder.flatMap((one) => earlierOf(one, rule)));
  const made = ruleFiles({ noun, name, effect, rule, scope, text, earlier });
  return { made, notes, id: `${noun}.${name}` };
}

/** The first match won: what an earlier, milder rule surely covered is not covered by this one. */
function earlierOf(one: JsonRule, { subject, action, resource }: JsonRule): readonly Earlier[] {
  const scope = scopeFor(one);
  const apart = (a: string, b: string) => a !== '' && b !== '' && a !== b;
  if (scope === undefined || apart(one.subject, subject) || apart(one.action, action)) return [];
  if (apart(one.resource, resource) || (one.context !== '' && !isCommands(scope))) return [];
  return [{ subject: one.subject, resource: one.resource, text: one.context, scope }];
}

const isCommands = (scope: Scope): boolean =>
  scope.kind === 'operations' && scope.names.every((name) => name === 'command.run');

/** Those with the same conditions as one. */
function gathered(all: readonly Earlier[]): readonly Earlier[] {
  const groups = new Map<string, Earlier>();
  for (const one of all) {
    const key = JSON.stringify([one.subject, one.resource, one.text, one.scope.kind]);
    const before = groups.get(key);
    groups.set(key, before === undefined ? one : { ...one, scope: both(before.scope, one.scope) });
  }
  return [...groups.values()];
}

const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])].sort();

function both(a: Scope, b: Scope): Scope {
  if (a.kind === 'operations' && b.kind === 'operations') return { ...a, names: union(a.names, b.names) };
  if (a.kind === 'classes' && b.kind === 'classes') return { ...a, classes: union(a.classes, b.classes) };
  if (a.kind === 'reads' && b.kind === 'reads')
    return { ...a, nouns: a.nouns === null || b.nouns === null ? null : union(a.nouns, b.nouns) };
  return a;
}
