/** Reads the `policy.json` of the Go edition: every rule with its place, or every place at which it is not one. Where the Go edition skipped what it did not understand, this refuses. */

import { err, ok, type Result } from 'neverthrow';
import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import type { PolicyDiagnostic, PolicyError } from '../../errors.js';

const text = z.string().max(4_000);
const ruleSchema = z.strictObject({
  id: text.optional(),
  subject: text.optional(),
  action: text.optional(),
  resource: text.optional(),
  context: text.optional(),
  decision: z.enum(['allow', 'deny', 'require_approval']),
  reason: text.optional(),
  mask: z.boolean().optional(),
});
const fileSchema = z.strictObject({
  version: z.literal(['1', 1]).optional(),
  rules: z.array(ruleSchema).max(1_000),
});

/** A rule as the Go edition matches it: words in lower case with `_`; an empty one is anything. `row` is its line. */
export interface JsonRule {
  readonly id: string;
  readonly subject: string;
  readonly action: string;
  readonly resource: string;
  readonly context: string;
  readonly decision: 'allow' | 'deny' | 'require_approval';
  readonly reason: string;
  readonly row: number;
}

/** The rules in their order. Err kinds: `policy.invalid_source`, with file, row and column of everything that is wrong. */
export function readPolicyJson(source: string, file: string): Result<readonly JsonRule[], PolicyError> {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true, version: '1.2', schema: 'json' });
  const at = (offset: number) => ({ file, row: lines.linePos(offset).line, column: lines.linePos(offset).col });
  const broken = document.errors.map(({ message, pos }) => ({ message: message.split('\n')[0] ?? '', ...at(pos[0]) }));
  if (broken.length > 0) return err(invalid(broken));
  const parsed = fileSchema.safeParse(document.toJS());
  const placeOf = (path: readonly PropertyKey[]) => at(offsetOf(document.contents, path));
  if (!parsed.success) {
    const { issues } = parsed.error;
    return err(
      invalid(
        issues.flatMap((issue) =>
          issue.code === 'unrecognized_keys'
            ? issue.keys.map((key) => ({
                message: `unknown key ${JSON.stringify(key)}`,
                ...placeOf([...issue.path, key]),
              }))
            : [{ message: `${issue.path.join('.')}: ${issue.message}`, ...placeOf(issue.path) }],
        ),
      ),
    );
  }
  const rules = parsed.data.rules.map((rule, index) => asRule(rule, index, placeOf(['rules', index]).row));
  const doubled = rules.flatMap(({ id }, index) =>
    rules.findIndex((other) => other.id === id) < index
      ? [{ message: `another rule has the id ${JSON.stringify(id)}`, ...placeOf(['rules', index]) }]
      : [],
  );
  return doubled.length === 0 ? ok(rules) : err(invalid(doubled));
}

const asRule = (rule: z.output<typeof ruleSchema>, index: number, row: number): JsonRule => ({
  id: slug(rule.id ?? '') || `rule_${index + 1}`,
  subject: word(rule.subject),
  action: word(rule.action),
  resource: word(rule.resource),
  context: anything(rule.context?.trim().toLowerCase()),
  decision: rule.decision,
  reason: rule.reason?.trim() ?? '',
  row,
});

const anything = (value = ''): string => (value === '*' ? '' : value);
const word = (value?: string): string => anything(value?.trim().toLowerCase().replaceAll('-', '_'));

/** A name that a Rego package can have. */
const slug = (id: string): string =>
  id
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 80);

/** Where a value stands; of a key that is too much, the key. */
function offsetOf(contents: unknown, path: readonly PropertyKey[]): number {
  let node = contents;
  let place = 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => String((key as { value?: unknown } | null)?.value ?? key) === String(step),
      );
      if (!pair) return place;
      place = (pair.key as Node | null)?.range?.[0] ?? place;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      place = (node as Node | undefined)?.range?.[0] ?? place;
    } else return place;
  }
  return place;
}

const invalid = (diagnostics: readonly PolicyDiagnostic[]): PolicyError => ({
  kind: 'policy.invalid_source',
  message: 'this is no policy.json that can be taken over; nothing was written',
  diagnostics,
});
