/** YAML 1.2 files as checked values. Besides edit-document.ts the only file that knows the YAML library; every complaint has file, line and column. */

import { err, ok, type Result } from 'neverthrow';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { ConfigurationProblem, HomeError } from '../errors.js';
import { nearest } from './nearest.js';

/** A place in a document: map keys and list indices from the root. */
export type Path = readonly (string | number)[];

/** A parsed document that can still say where things are. */
export interface SourceDocument {
  readonly value: unknown;
  /** A complaint about a place; the nearest place that exists is named when the place itself is missing. */
  problem(path: Path, text: string, near?: string): ConfigurationProblem;
  /** What a schema has to complain about. `prefix` is where the checked value lies. */
  problems(error: z.ZodError, schema: z.ZodType, prefix?: Path): readonly ConfigurationProblem[];
}

/** Parses one document; a syntax error, a duplicate key, an unknown tag or an empty file is an error. Err kinds: `meshclaw.invalid_configuration`. */
export function parseSource(file: string, text: string): Result<SourceDocument, HomeError> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2', prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const broken = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    path: '',
    text: error.code === 'DUPLICATE_KEY' ? 'this name is given twice' : lower(error.message),
  }));
  if (broken.length > 0) return err(invalidConfiguration(broken));
  const value = plainValue(document);
  if (value.isErr()) return err(invalidConfiguration([{ ...at(0), path: '', text: value.error }]));
  const problem = (path: Path, complaint: string, near?: string): ConfigurationProblem => ({
    ...at(offsetOf(document, path)),
    path: pathText(path),
    text: complaint,
    ...(near === undefined ? {} : { nearest: near }),
  });
  return ok({
    value: value.value,
    problem,
    problems: (error, schema, prefix = []) =>
      error.issues.flatMap((issue) => complaints(issue, schema, prefix, problem)),
  });
}

/** The error that carries complaints about configuration files. */
export const invalidConfiguration = (problems: readonly ConfigurationProblem[]): HomeError => ({
  kind: 'meshclaw.invalid_configuration',
  message: 'the configuration has errors; nothing of it is used',
  problems,
});

function plainValue(document: Document): Result<unknown, string> {
  if (document.contents === null) return err('the file is empty; write something or remove it');
  try {
    return ok(document.toJS({ maxAliasCount: 100 })); // throws on alias bombs
  } catch {
    return err('it has more aliases than a configuration needs');
  }
}

/** One complaint a key for unknown keys, one for anything else. */
function complaints(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  prefix: Path,
  problem: SourceDocument['problem'],
): readonly ConfigurationProblem[] {
  const path = issue.path.filter((part): part is string | number => typeof part !== 'symbol');
  const here = [...prefix, ...path];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => problem([...here, key], `unknown key "${key}"`, nearest(key, known)));
  }
  if (issue.code === 'invalid_value') {
    const options = issue.values.map(String);
    const given = typeof issue.input === 'string' ? nearest(issue.input, options) : undefined;
    return [problem(here, `must be one of ${options.join(', ')}`, given)];
  }
  if (issue.code === 'invalid_union') {
    const best = issue.errors.toSorted((a, b) => a.length - b.length)[0];
    return best === undefined || best.length === 0
      ? [problem(here, lower(issue.message))]
      : best.flatMap((inner) => complaints({ ...inner, path: [...path, ...inner.path] }, schema, prefix, problem));
  }
  return [problem(here, lower(issue.message))];
}

/** The keys that an object schema knows at a path. Reads zod's public `def`. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  const def = (schema as unknown as { readonly def: Record<string, unknown> }).def;
  const inner = def.innerType ?? def.in;
  if (inner !== undefined) return keysAt(inner as z.ZodType, path);
  if (Array.isArray(def.options)) return def.options.flatMap((option) => keysAt(option as z.ZodType, path));
  const shape = def.shape as Record<string, z.ZodType> | undefined;
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(shape ?? {});
  const next = shape?.[String(first)] ?? def.element ?? def.valueType;
  return next === undefined ? [] : keysAt(next as z.ZodType, rest);
}

/** Where a path begins in the text: the key of a map entry, else the value, else the closest parent. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = start(node) ?? 0;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => (isScalar(key) ? key.value : key) === part || String(key) === String(part),
      );
      if (!pair) return offset;
      offset = start(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = start(node) ?? offset;
    } else return offset;
  }
  return offset;
}

const start = (node: unknown): number | undefined =>
  (node as { readonly range?: readonly [number, number, number] | null } | null)?.range?.[0];

const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
