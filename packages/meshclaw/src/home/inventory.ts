/** `inventory.yaml`: the servers, how each is reached and what the owner says about it. Reads only the file; reaches nothing. */

import type { Executor, Inventory, JsonObject, Reach, Target } from '@meshclaw/core';
import { err, ok, okAsync, type Result } from 'neverthrow';
import { z } from 'zod';
import type { ConfigurationProblem, HomeError } from '../errors.js';
import { invalidConfiguration, type Path, parseSource, type SourceDocument } from './document.js';
import type { Home } from './home.js';
import { nearest } from './nearest.js';
import { readSafely } from './safe-file.js';

/** Executors by id, loaded only when an entry names one. */
export type ExecutorLoaders = Readonly<Record<string, () => Promise<Executor>>>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const word = z.string().min(1).max(200);

const entryShape = {
  reach: z.array(z.looseObject({ executor: word })).min(1, 'needs at least one way to reach the server'),
  tags: z.array(word).optional(),
  role: word.optional(),
  environment: word.optional(),
  criticality: z.enum(['low', 'medium', 'high', 'critical']).optional(),
  autoheal: z.enum(['never', 'ask', 'auto']).optional(),
  intentionally_offline: z.boolean().optional(),
  notes: z.string().max(4_000).optional(),
};
const entrySchema = z.strictObject(entryShape);
const namedSchema = z.strictObject({ name: z.string().regex(NAME, 'must be a plain name, as web1'), ...entryShape });
const listSchema = z.strictObject({ servers: z.array(namedSchema) });
const mapSchema = z.strictObject({ servers: z.record(z.string(), entrySchema) });

type Entry = z.output<typeof entrySchema>;
interface Placed {
  readonly name: string;
  readonly entry: Entry;
  readonly path: Path;
}

/** The machine itself, when there is no inventory file. */
export const THIS_MACHINE: Target = {
  id: 'localhost',
  kind: 'server',
  reach: [{ executor: 'local', settings: {} }],
  platform: {},
  properties: { tags: [] },
};

/** The targets of the inventory file, in its order; without a file this machine alone. Err kinds: every `HomeError`. */
export async function loadTargets(
  home: Home,
  executors: ExecutorLoaders,
): Promise<Result<readonly Target[], HomeError>> {
  const text = await readSafely(home.inventory);
  if (text.isErr()) return err(text.error);
  if (text.value === undefined) return ok([THIS_MACHINE]);
  const source = parseSource(home.inventory, text.value);
  if (source.isErr()) return err(source.error);
  const placed = placeEntries(source.value);
  if (placed.isErr()) return err(invalidConfiguration(placed.error));
  const problems = duplicates(source.value, placed.value);
  const targets: Target[] = [];
  for (const one of placed.value) {
    const reach = await checkReach(source.value, one, executors);
    if (reach.isErr()) problems.push(...reach.error);
    else
      targets.push({ id: one.name, kind: 'server', reach: reach.value, platform: {}, properties: propertiesOf(one) });
  }
  return problems.length > 0 ? err(invalidConfiguration(problems)) : ok(targets);
}

/** The port over targets that were loaded once. */
export function inventoryOf(targets: readonly Target[]): Inventory {
  const byId = new Map(targets.map((target) => [target.id, target]));
  return { target: (id) => okAsync(byId.get(id)), targets: () => okAsync(targets) };
}

/** Servers may be a list with names, or a map by name. */
function placeEntries(source: SourceDocument): Result<readonly Placed[], readonly ConfigurationProblem[]> {
  const asList = Array.isArray((source.value as { readonly servers?: unknown } | null)?.servers);
  if (asList) {
    const parsed = listSchema.safeParse(source.value, { reportInput: true });
    if (!parsed.success) return err(source.problems(parsed.error, listSchema));
    return ok(parsed.data.servers.map(({ name, ...entry }, index) => ({ name, entry, path: ['servers', index] })));
  }
  const parsed = mapSchema.safeParse(source.value, { reportInput: true });
  if (!parsed.success) return err(source.problems(parsed.error, mapSchema));
  const placed = Object.entries(parsed.data.servers).map(([name, entry]) => ({ name, entry, path: ['servers', name] }));
  const misnamed = placed.filter(({ name }) => !NAME.test(name));
  return misnamed.length === 0
    ? ok(placed)
    : err(misnamed.map(({ path }) => source.problem(path, 'must be a plain name, as web1')));
}

function duplicates(source: SourceDocument, placed: readonly Placed[]): ConfigurationProblem[] {
  const names = placed.map(({ name }) => name);
  return placed
    .filter(({ name }, index) => names.indexOf(name) !== index)
    .map(({ name, path }) => source.problem([...path, 'name'], `the name "${name}" is given twice`));
}

/** Each way's settings, checked by the executor's own schema. */
async function checkReach(
  source: SourceDocument,
  { entry, path }: Placed,
  executors: ExecutorLoaders,
): Promise<Result<readonly Reach[], readonly ConfigurationProblem[]>> {
  const problems: ConfigurationProblem[] = [];
  const reach: Reach[] = [];
  for (const [index, { executor: id, ...settings }] of entry.reach.entries()) {
    const place = [...path, 'reach', index];
    const load = Object.hasOwn(executors, id) ? executors[id] : undefined;
    if (!load) {
      const near = nearest(id, Object.keys(executors));
      problems.push(source.problem([...place, 'executor'], `there is no executor "${id}"`, near));
      continue;
    }
    const schema = (await load()).settings;
    const parsed = schema.safeParse(settings, { reportInput: true });
    if (parsed.success) reach.push({ executor: id, settings: settings as JsonObject });
    else problems.push(...source.problems(parsed.error, schema, place));
  }
  return problems.length > 0 ? err(problems) : ok(reach);
}

/** What policy is told: only what the file says, under the file's own words. */
function propertiesOf({ entry: { reach: _reach, tags = [], ...rest } }: Placed): JsonObject {
  return { tags, ...(rest as JsonObject) };
}
