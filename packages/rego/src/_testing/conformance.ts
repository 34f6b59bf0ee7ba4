// OPA's own conformance cases for Rego v1, which its Go module carries (Apache-2.0).
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Json, SourceFile } from '../index.js';

/** One case: what is asked and what OPA must answer. */
export interface ConformanceCase {
  readonly note: string;
  readonly query: string;
  readonly files: readonly SourceFile[];
  readonly data?: { readonly [key: string]: Json };
  readonly input?: Json;
  readonly wanted: Wanted;
}

/** The bindings of each result, whether there is one, or an error. */
export type Wanted =
  | { readonly kind: 'result'; readonly rows: readonly Json[] }
  | { readonly kind: 'defined'; readonly defined: boolean }
  | { readonly kind: 'error'; readonly code: string | undefined };

interface WrittenCase {
  readonly note: string;
  readonly query: string;
  readonly modules?: readonly string[];
  readonly data?: { readonly [key: string]: Json };
  readonly input?: Json;
  readonly input_term?: string;
  readonly env?: unknown;
  readonly want_result?: readonly Json[];
  readonly want_defined?: boolean;
  readonly want_error_code?: string;
}

/** The folder of the cases, or undefined where Go or the OPA module is missing. */
export function conformanceFolder(): string | undefined {
  const cwd = fileURLToPath(new URL('../../compiler/', import.meta.url));
  const words = ['list', '-m', '-f', '{{.Dir}}', 'github.com/open-policy-agent/opa'];
  try {
    const folder = execFileSync('go', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return folder === '' ? undefined : join(folder, 'v1', 'test', 'cases', 'testdata', 'v1');
  } catch {
    return undefined;
  }
}

/** All cases but those that set environment variables or an input that JSON cannot write. */
export function conformanceCases(folder: string): readonly ConformanceCase[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.yaml') || path.endsWith('.json'))
    .sort()
    .flatMap((path) => (parse(readFileSync(join(folder, path), 'utf8')) as { cases?: WrittenCase[] }).cases ?? [])
    .flatMap((written) => caseOf(written) ?? []);
}

function caseOf(written: WrittenCase): ConformanceCase | undefined {
  const { note, query, modules = [], data } = written;
  const input = inputOf(written);
  if (written.env !== undefined || input === 'not JSON') return undefined;
  const files = modules.map((text, index): SourceFile => ({ path: `module-${index}.rego`, text }));
  return { note, query, files, ...(data ? { data } : {}), ...input, wanted: wantedOf(written) };
}

function inputOf({ input, input_term: term }: WrittenCase): { readonly input?: Json } | 'not JSON' {
  if (term === undefined) return input === undefined ? {} : { input };
  try {
    return { input: JSON.parse(term) as Json };
  } catch {
    return 'not JSON';
  }
}

function wantedOf(written: WrittenCase): Wanted {
  if (written.want_result !== undefined) return { kind: 'result', rows: written.want_result };
  if (written.want_defined !== undefined) return { kind: 'defined', defined: written.want_defined };
  return { kind: 'error', code: written.want_error_code };
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
