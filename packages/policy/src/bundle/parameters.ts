/** Parameters in layers: base, pack, owner. A layer may only make them stricter; trying the other way is an error with its place. */

import { err, ok, type Result } from 'neverthrow';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { PolicyDiagnostic, PolicyError } from '../errors.js';

const parameter = z.discriminatedUnion('combine', [
  z.strictObject({ combine: z.literal('union'), value: z.array(z.string()) }),
  z.strictObject({ combine: z.literal('min'), value: z.number() }),
  z.strictObject({ combine: z.literal('least'), value: z.record(z.string(), z.number()) }),
  z.strictObject({ combine: z.literal('and'), value: z.boolean() }),
  z.strictObject({ combine: z.literal('strongest'), value: z.record(z.string(), z.enum(['signature', 'presence'])) }),
  z.strictObject({ combine: z.literal('fixed'), value: z.array(z.string()) }),
]);
const base = z.record(z.string(), parameter);
export type Parameters = z.output<typeof base>;

/** The base parameters, each with how a layer above may change it. Throws when the shipped file is broken. */
export const parseBaseParameters = (text: string): Parameters => base.parse(parseDocument(text).toJS());

/** One layer over another. Err kinds: `policy.invalid_source`, `policy.looser_parameter`, each with file, row and column. */
export function layerParameters(below: Parameters, text: string, file: string): Result<Parameters, PolicyError> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number) => ({ file, row: lines.linePos(offset).line, column: lines.linePos(offset).col });
  const [broken] = document.errors;
  if (broken) return invalid([{ message: 'not YAML', ...at(broken.pos[0]) }]);
  // A file that was cut to nothing would otherwise take an owner's strictness away without a word.
  if (text.trim() === '') return invalid([{ message: 'the file is empty; remove it to set nothing', ...at(0) }]);
  if (document.contents === null) return ok(below);
  if (!isMap(document.contents)) return invalid([{ message: 'parameters must be a mapping', ...at(0) }]);
  let layered = below;
  for (const { key, value } of document.contents.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const place = at((key as { range?: readonly number[] | null }).range?.[0] ?? 0);
    const under = Object.hasOwn(below, name) ? below[name] : undefined;
    if (!under) return invalid([{ message: `no parameter is called ${JSON.stringify(name)}`, ...place }]);
    const wanted = (value as { toJS?(d: unknown): unknown } | null)?.toJS?.(document);
    const combined = combine(under, wanted);
    if (combined === undefined)
      return looser({ message: `${name} may only be made stricter (${under.combine})`, ...place });
    layered = { ...layered, [name]: combined };
  }
  return ok(layered);
}

/** Protects folders of MeshClaw itself: they are not changed through it, and their keys are not read. Those covered already add nothing. */
export function protectOwnFolders(below: Parameters, folders: readonly string[]): Parameters {
  const adding = (name: string, entries: readonly string[]): Parameters => {
    const under = below[name];
    if (under?.combine !== 'union') throw new Error(`the base parameters lack ${name}`);
    const added = entries.filter((entry) => !under.value.some((part) => entry.includes(part)));
    return { [name]: { ...under, value: [...under.value, ...added] } };
  };
  const own = folders.map((folder) => `${folder}/`);
  const keys = folders.map((folder) => `${folder}/keys`);
  return { ...below, ...adding('own_parts', own), ...adding('secret_parts', keys) };
}

/** The parameters as rules read them. */
export const parameterValues = (parameters: Parameters) =>
  Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value]));

type Parameter = z.output<typeof parameter>;

/** The stricter of both, or undefined where the layer is of another shape or looser. */
function combine(below: Parameter, wanted: unknown): Parameter | undefined {
  switch (below.combine) {
    case 'union': {
      const added = z.array(z.string()).safeParse(wanted);
      return added.success ? { ...below, value: [...new Set([...below.value, ...added.data])] } : undefined;
    }
    case 'min':
      return typeof wanted === 'number' && wanted >= 0 && wanted <= below.value
        ? { ...below, value: wanted }
        : undefined;
    case 'and':
      return typeof wanted === 'boolean' && (below.value || !wanted) ? { ...below, value: wanted } : undefined;
    case 'strongest':
      return strongest(below, wanted);
    case 'least':
      return least(below, wanted);
    case 'fixed':
      return undefined;
  }
}

function least(below: Extract<Parameter, { combine: 'least' }>, wanted: unknown): Parameter | undefined {
  const given = z.record(z.string(), z.number().min(0)).safeParse(wanted);
  if (!given.success) return undefined;
  const more = Object.entries(given.data).some(
    ([name, number]) => Object.hasOwn(below.value, name) && number > (below.value[name] ?? 0),
  );
  return more ? undefined : { ...below, value: { ...below.value, ...given.data } };
}

function strongest(below: Extract<Parameter, { combine: 'strongest' }>, wanted: unknown): Parameter | undefined {
  const given = z.record(z.string(), z.enum(['signature', 'presence'])).safeParse(wanted);
  if (!given.success) return undefined;
  const weaker = Object.entries(given.data).some(
    ([name, method]) => !(name in below.value) || (method === 'signature' && below.value[name] === 'presence'),
  );
  return weaker ? undefined : { ...below, value: { ...below.value, ...given.data } };
}

const invalid = (diagnostics: readonly PolicyDiagnostic[]) =>
  err<Parameters, PolicyError>({
    kind: 'policy.invalid_source',
    message: 'the parameters cannot be read',
    diagnostics,
  });
const looser = (diagnostic: PolicyDiagnostic) =>
  err<Parameters, PolicyError>({
    kind: 'policy.looser_parameter',
    message: 'a layer tries to loosen a parameter',
    diagnostics: [diagnostic],
  });
