import { EFFECTS, type JsonObject, type JsonValue } from '@meshclaw/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMING_OPERATIONS, FIRING, type Firing } from './_testing/firing-requests.js';
import type { PolicyBundle } from './bundle/bundle.js';
import { loadShippedBundle, loadShippedSources } from './bundle/shipped.js';
import { ENTRYPOINT } from './pdp/create-pdp.js';
import { loadModule } from './pdp/evaluator.js';
import { createReadRequest } from './pdp/read-request.js';

const bundle = loadShippedBundle() as PolicyBundle;
const { programs, ...base } = bundle.data.meshclaw as JsonObject & { readonly parameters: JsonObject };
const RULE_FILE = /^meshclaw\/(guards|rules)\/([^/]+)\/([^/]+)\/[^/]+\.rego$/;
const ids = loadShippedSources()
  .modules.map(({ path }) => RULE_FILE.exec(path))
  .flatMap((found) => (found ? [`${found[1]} ${found[2]}.${found[3]}`] : []));

type Path = readonly (string | number)[];
interface Answer {
  readonly effect: (typeof EFFECTS)[number];
  readonly reasons: readonly { readonly rule: string }[];
}

/**
 * Where a denial may become a question, never more: what the policy decision point itself states about a command and the
 * schema demands, and what an owner may leave out of the inventory.
 */
const ASKED_AT_LEAST: readonly { readonly path: RegExp; readonly why: string }[] = [
  { path: /^action\.command(\.|$)/, why: 'facts of a command are stated whole or the request is refused' },
  { path: /^action\.argv$/, why: 'without words there are no facts, and no command' },
];

/** Asks the compiled rules themselves, past the schema that would refuse most of these requests. */
async function asking({ request, parameters = {}, stated }: Firing) {
  const operations = { ...(base.operations as JsonObject), ...COMING_OPERATIONS };
  const seen = { operations, parameters: { ...base.parameters, ...parameters } };
  const module = await loadModule(bundle.wasm, { meshclaw: seen }, ENTRYPOINT);
  const instance = module.instance();
  const read = createReadRequest(seen, programs)(request);
  if ('problem' in read) throw new Error(read.problem);
  const ask = (input: JsonValue): Answer => {
    const [only] = instance.evaluate(JSON.stringify(input)) as readonly { readonly result: Answer }[];
    if (only === undefined) throw new Error('no answer');
    return only.result;
  };
  const input = JSON.parse(read.text) as JsonObject & { readonly action: JsonObject };
  return { input: stated === undefined ? input : { ...input, action: { ...input.action, class: stated } }, ask };
}

/** Every key below a value; what is inside of lists too. */
function* keysIn(value: JsonValue, path: Path = []): Generator<Path> {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (!Array.isArray(value)) yield at;
    yield* keysIn(inner as JsonValue, at);
  }
}

function without(value: JsonValue, [first, ...rest]: Path): JsonValue {
  if (value === null || typeof value !== 'object' || first === undefined) return value;
  if (Array.isArray(value)) return value.map((one, index) => (index === first ? without(one, rest) : one));
  const { [first as string]: found, ...others } = value as JsonObject;
  return rest.length === 0 ? others : { ...others, [first]: without(found as JsonValue, rest) };
}

const strictness = ({ effect }: Answer): number => EFFECTS.indexOf(effect);

describe('a missing fact', () => {
  const cases = new Map<string, Awaited<ReturnType<typeof asking>>>();
  beforeAll(async () => {
    for (const [id, firing] of Object.entries(FIRING)) cases.set(id, await asking(firing));
  });

  it('is tried with a request for every guard and rule', () => {
    expect(Object.keys(FIRING).sort()).toEqual(ids.toSorted());
  });

  it.each(ids)('makes no answer milder where this one answers: %s', (id) => {
    const { input, ask } = cases.get(id) as Awaited<ReturnType<typeof asking>>;
    const whole = ask(input);
    expect(whole.reasons.map(({ rule }) => rule)).toContain(id.split(' ')[1]);
    const milder = [...keysIn(input)].flatMap((path) => {
      const name = path.join('.');
      if (name === 'request_id') return [];
      const again = ask(without(input, path));
      const least = ASKED_AT_LEAST.some((one) => one.path.test(name))
        ? Math.min(strictness(whole), EFFECTS.indexOf('approval_required'))
        : strictness(whole);
      return strictness(again) < least ? [`without ${name}: ${again.effect} instead of ${whole.effect}`] : [];
    });
    expect(milder).toEqual([]);
  });
});
