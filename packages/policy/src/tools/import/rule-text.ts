/** The Rego of an imported rule, with its tests. Everything is negated helpers: what is not known is taken for what the rule is about. */

import type { Scope } from './actions.js';
import type { JsonRule } from './read-policy-json.js';
import { testText } from './test-text.js';

/** What an earlier rule let pass. */
export interface Earlier {
  readonly subject: string;
  readonly resource: string;
  readonly text: string;
  readonly scope: Scope;
}
export interface RuleParts {
  readonly noun: string;
  readonly name: string;
  readonly effect: 'deny' | 'approval_required';
  readonly rule: JsonRule;
  readonly scope: Scope;
  /** What the text of the command has to hold; empty for any. */
  readonly text: string;
  readonly earlier: readonly Earlier[];
}

/** The two files of a rule, by path below the owner's folder. */
export function ruleFiles(parts: RuleParts): Readonly<Record<string, string>> {
  const { noun, name } = parts;
  const folder = `rules/${noun}/${name}/${name}`;
  return { [`${folder}.rego`]: ruleText(parts), [`${folder}_test.rego`]: testText(parts) };
}

/** A text as Rego and YAML both read it. */
export const quoted = (text: string): string => JSON.stringify(text);
export const setOf = (words: readonly string[]): string => `{${words.map(quoted).join(', ')}}`;

function ruleText(parts: RuleParts): string {
  const { noun, name, effect, rule, scope, text, earlier } = parts;
  const blocks = [
    ...(rule.subject === '' ? [] : [block('other_subject', subjectIs(rule.subject, false))]),
    ...otherAction(scope),
    ...(rule.resource === '' || isSecrets(rule) ? [] : [block('other_resource', resourceIs(rule.resource, false))]),
    ...(text === '' ? [] : [block('other_text', ['count(input.action.argv) > 0', `not says(${quoted(text)})`])]),
    ...earlierBlocks(earlier),
  ];
  const helpers = [...new Set(blocks.map((one) => /^\w+/.exec(one)?.[0] ?? ''))];
  const says = text !== '' || earlier.some((one) => one.text !== '');
  const body = [
    ...(text === '' ? [] : ['not question.in_general']),
    ...helpers.map((helper) => `not ${helper}`),
    `r := reason.because(rego.metadata.chain(), [["subject", "id"], ["action", "name"], ["resource", "id"]])`,
  ];
  return [
    '# METADATA',
    `# title: ${quoted(rule.id)}`,
    `# description: ${quoted(`Imported from line ${rule.row} of a policy.json of the Go edition.`)}`,
    '# custom:',
    `#   id: ${noun}.${name}`,
    `#   severity: ${effect === 'deny' ? 'high' : 'medium'}`,
    `#   message: ${quoted(rule.reason === '' ? `the imported rule ${rule.id} says so` : rule.reason)}`,
    '#   remediation: change this rule as the owner of this installation, or ask for something else',
    '#   enforcement: hard',
    `package meshclaw.rules.${noun}.${name}`,
    '',
    ...(text === '' ? [] : ['import data.meshclaw.lib.question']),
    'import data.meshclaw.lib.reason',
    '',
    `${block(`${effect} contains r`, body)}`,
    '',
    ...blocks.flatMap((one) => [one, '']),
    ...(says ? [SAYS, ''] : []),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

/** Words as they were sent, and as programs get them whatever quotes they were written in. */
const SAYS = `says(text) if contains(lower(concat(" ", input.action.argv)), text)

says(text) if {
	some p in input.action.command.programs
	contains(lower(concat(" ", array.concat([p.name], p.words))), text)
}`;

const block = (head: string, lines: readonly string[]): string =>
  `${head} if {\n${lines.map((line) => `\t${line}`).join('\n')}\n}`;

const same = (path: string): string => `replace(lower(${path}), "-", "_")`;

/** A face of the Go edition, or a name; clients add a version or a word to theirs. */
function subjectIs(subject: string, is: boolean): readonly string[] {
  const face = subject === 'mcp' ? 'mcp' : subject === 'operator' ? 'cli' : undefined;
  const sign = is ? '==' : '!=';
  if (face !== undefined) return [`input.context.surface ${sign} ${quoted(face)}`];
  return is
    ? [`${same('input.subject.id')} == ${quoted(subject)}`]
    : [
        `${same('input.subject.id')} != ${quoted(subject)}`,
        `not startswith(${same('input.subject.id')}, ${quoted(`${subject}_`)})`,
      ];
}

const isSecrets = ({ action, resource }: JsonRule): boolean =>
  ['secret', 'secrets'].includes(resource) && action === '';

const resourceIs = (resource: string, is: boolean): readonly string[] =>
  is
    ? [`${quoted(resource)} in {input.resource.type, ${same('input.resource.id')}}`]
    : [`input.resource.type != ${quoted(resource)}`, `${same('input.resource.id')} != ${quoted(resource)}`];

function otherAction(scope: Scope): readonly string[] {
  switch (scope.kind) {
    case 'everything':
      return [];
    case 'operations':
      return [
        block('other_action', [`is_string(input.action.name)`, `not input.action.name in ${setOf(scope.names)}`]),
      ];
    case 'classes':
      return [
        block('other_action', [`is_string(input.action.class)`, `not input.action.class in ${setOf(scope.classes)}`]),
      ];
    case 'reads': {
      const name = `split(input.action.name, ".")[0]`;
      const nouns = scope.nouns;
      return [
        block('other_action', [`input.action.class != "read"`]),
        ...(nouns === null
          ? []
          : [block('other_action', [`not ${name} in ${setOf(nouns)}`, 'is_string(input.action.name)'])]),
      ];
    }
  }
}

/** What an earlier rule let pass, the same conditions gathered. */
function earlierBlocks(earlier: readonly Earlier[]): readonly string[] {
  const blocks = earlier.map(({ subject, resource, text, scope }) => {
    const lines = [
      ...(subject === '' ? [] : subjectIs(subject, true)),
      ...actionIs(scope),
      ...(resource === '' ? [] : resourceIs(resource, true)),
      ...(text === '' ? [] : [`says(${quoted(text)})`]),
    ];
    return block('let_pass_before', lines.length === 0 ? ['true'] : lines);
  });
  return [...new Set(blocks)];
}

function actionIs(scope: Scope): readonly string[] {
  switch (scope.kind) {
    case 'everything':
      return [];
    case 'operations':
      return [`input.action.name in ${setOf(scope.names)}`];
    case 'classes':
      return [`input.action.class in ${setOf(scope.classes)}`];
    case 'reads':
      return [
        'input.action.class == "read"',
        scope.nouns === null
          ? 'input.action.name != "command.run"' // of what a command would do the Go edition knew nothing
          : `split(input.action.name, ".")[0] in ${setOf(scope.nouns)}`,
      ];
  }
}
