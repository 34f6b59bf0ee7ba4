/** Tests of an imported rule: it answers, it is silent for what it is not about, and it answers when a field is missing. */

import type { Scope } from './actions.js';
import { type Earlier, quoted, type RuleParts, setOf } from './rule-text.js';

const COMMAND = 'command.run';

/** The test file. */
export function testText(parts: RuleParts): string {
  const { noun, name, effect, rule, earlier, text } = parts;
  const answers = (wanted: number, input: string) => `count(${name}.${effect}) == ${wanted} with input as ${input}`;
  const others = otherRequests(parts);
  const fields = fieldsRead(parts);
  return [
    `package meshclaw.rules.${noun}.${name}_test`,
    '',
    `import data.meshclaw.rules.${noun}.${name}`,
    '',
    `asked := ${JSON.stringify(request(parts))}`,
    '',
    'changed(patch) := object.union(asked, patch)',
    '',
    'test_answers if {',
    `\tsome r in ${name}.${effect} with input as asked`,
    `\tr.rule == ${quoted(`${noun}.${name}`)}`,
    ...(rule.reason === '' ? [] : [`\tr.message == ${quoted(rule.reason)}`]),
    '}',
    '',
    others.length === 0 ? 'test_is_about_everything if {' : 'test_is_silent_for_what_it_is_not_about if {',
    ...(others.length === 0
      ? [`\t${answers(1, 'changed({"action": {"name": "x.x", "class": "read"}})')}`]
      : others.map((patch) => `\t${answers(0, `changed(${JSON.stringify(patch)})`)}`)),
    '}',
    '',
    'test_answers_when_a_field_is_missing if {',
    `\tevery path in ${setOf(fields.map((path) => path.join('/')))} {`,
    `\t\tcount(${name}.${effect}) == 1 with input as json.remove(asked, [path])`,
    '\t}',
    '}',
    '',
    ...(text === ''
      ? []
      : [
          'test_reads_words_as_programs_get_them if {',
          `\tcommand := {"programs": [{"name": "x", "words": ${JSON.stringify(text.split(' '))}}]}`,
          `\t${answers(1, 'changed({"action": {"argv": ["y"], "command": command}})')}`,
          '}',
          '',
        ]),
    ...earlier.flatMap((one, index) => [
      `test_lets_pass_what_an_earlier_rule_did_${index + 1} if {`,
      `\t${answers(0, JSON.stringify(request(passing(parts, one))))}`,
      '}',
      '',
    ]),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

/** A request that both this rule and an earlier one are about. */
const passing = (parts: RuleParts, one: Earlier): RuleParts => ({
  ...parts,
  rule: { ...parts.rule, subject: parts.rule.subject || one.subject, resource: parts.rule.resource || one.resource },
  scope: parts.scope.kind === 'everything' ? one.scope : parts.scope,
  text: [parts.text, one.text].filter((part) => part !== '').join(' '),
});

function request({ rule, scope, text }: RuleParts) {
  const [name, of] = actionOf(scope);
  const words = text === '' ? ['x'] : ['x', text];
  return {
    subject: { type: 'agent', id: rule.subject === '' ? 'somebody' : rule.subject },
    action: { name, class: of, properties: { argv: words }, argv: words },
    resource: { type: 'server', id: rule.resource === '' ? 'web1' : rule.resource, properties: {} },
    context: { mode: 'execute', surface: rule.subject === 'operator' ? 'cli' : rule.subject === 'mcp' ? 'mcp' : 'sdk' },
  };
}

function actionOf(scope: Scope): readonly [string, string] {
  switch (scope.kind) {
    case 'everything':
      return ['file.chmod', 'write'];
    case 'operations':
      return [scope.names[0] ?? COMMAND, 'write'];
    case 'classes':
      return [`class.${scope.classes[0]}`, scope.classes[0] ?? 'secret'];
    case 'reads':
      return [`${scope.nouns?.[0] ?? 'host'}.facts`, 'read'];
  }
}

/** One change each that takes a request out of what the rule is about. */
function otherRequests({ rule, scope, text }: RuleParts): readonly object[] {
  const face = ['mcp', 'operator'].includes(rule.subject);
  return [
    ...(rule.subject === '' ? [] : [face ? { context: { surface: 'dashboard' } } : { subject: { id: 'somebody' } }]),
    ...(scope.kind === 'everything' ? [] : [{ action: { name: 'x.x', class: 'write' } }]),
    ...(scope.kind === 'reads' && scope.nouns !== null ? [{ action: { name: 'x.x' } }] : []),
    ...(rule.resource === '' || isClass(scope, rule.resource) ? [] : [{ resource: { type: 'other', id: 'other' } }]),
    ...(text === '' ? [] : [{ action: { argv: ['x'] } }]),
  ];
}

const isClass = (scope: Scope, resource: string): boolean =>
  scope.kind === 'classes' && ['secret', 'secrets'].includes(resource);

function fieldsRead({ rule, scope, text }: RuleParts): readonly (readonly string[])[] {
  const face = ['mcp', 'operator'].includes(rule.subject);
  return [
    ...(rule.subject === '' ? [] : [face ? ['context', 'surface'] : ['subject', 'id']]),
    ...(scope.kind === 'operations' ? [['action', 'name']] : []),
    ...(scope.kind === 'classes' || scope.kind === 'reads' ? [['action', 'class']] : []),
    ...(rule.resource === '' || isClass(scope, rule.resource) ? [] : [['resource', 'id']]),
    ...(text === '' ? [] : [['action', 'argv']]),
    ...(rule.subject === '' && scope.kind === 'everything' ? [['subject', 'id']] : []),
  ];
}
