// OPA's own conformance cases for Rego v1 (Apache-2.0, see __fixtures__/opa-conformance/NOTICE).
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { parse } from 'yaml';
import type { Json, SourceFile } from '../index.js';

/** One case: what is asked and what OPA must answer. */
export interface ConformanceCase {
  /** File and note; a number tells those of one name apart. */
  readonly id: string;
  readonly query: string;
  readonly files: readonly SourceFile[];
  readonly data?: { readonly [key: string]: Json };
  readonly input?: Json;
  /** The input as a Rego term, where JSON has no form of it. */
  readonly inputTerm?: string;
  readonly wanted: Wanted;
}

/** The bindings of each result, or an error. A `strict` one is an error only where built-ins may fail loudly, and undefined elsewhere. */
export type Wanted =
  | { readonly kind: 'result'; readonly rows: readonly Json[] }
  | { readonly kind: 'error'; readonly code: string | undefined; readonly strict: boolean };

interface WrittenCase {
  readonly note: string;
  readonly query: string;
  readonly modules?: readonly string[];
  readonly data?: { readonly [key: string]: Json };
  readonly input?: Json;
  readonly input_term?: string;
  readonly want_result?: readonly Json[];
  readonly want_error_code?: string;
  readonly strict_error?: boolean;
}

const ARCHIVE = new URL('./__fixtures__/opa-conformance/cases.jsonl.br', import.meta.url);

/** All cases, in the order of their files. */
export function conformanceCases(): readonly ConformanceCase[] {
  const lines = brotliDecompressSync(readFileSync(ARCHIVE)).toString().trimEnd().split('\n');
  const times = new Map<string, number>();
  return lines
    .map((line) => JSON.parse(line) as { readonly path: string; readonly text: string })
    .flatMap(({ path, text }) => casesOf(text).map((written) => ({ path, written })))
    .map(({ path, written }) => {
      const name = `${path}: ${written.note}`;
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      return caseOf(time === 1 ? name : `${name} (${time})`, written);
    });
}

const casesOf = (text: string): readonly WrittenCase[] =>
  (parse(text) as { readonly cases?: readonly WrittenCase[] }).cases ?? [];

function caseOf(id: string, written: WrittenCase): ConformanceCase {
  const { query, modules = [], data } = written;
  const files = modules.map((text, index): SourceFile => ({ path: `module-${index}.rego`, text }));
  return { id, query, files, ...(data ? { data } : {}), ...inputOf(written), wanted: wantedOf(written) };
}

function inputOf({ input, input_term: term }: WrittenCase): Pick<ConformanceCase, 'input' | 'inputTerm'> {
  if (term === undefined) return input === undefined ? {} : { input };
  try {
    return { input: JSON.parse(term) as Json };
  } catch {
    return { inputTerm: term };
  }
}

function wantedOf({ want_result: rows, want_error_code: code, strict_error: strict = false }: WrittenCase): Wanted {
  return rows === undefined ? { kind: 'error', code, strict } : { kind: 'result', rows };
}

/** A value with keys and array elements in one order: sets come back as arrays in no order of their own. */
export function unordered(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(unordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, unordered(inner as Json)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
