// Checks a call's sources and writes the request that the compiler module reads.
import { EVALUATOR_BUILTINS } from './capabilities.js';
import { type Answer, answered, refused } from './errors.js';
import type { SourceFile } from './types.js';

/** Far above any real policy set; parsing costs memory in proportion, and the module has 4 GiB at most. */
const SOURCES_LIMIT_BYTES = 16 * 1024 * 1024;

/** The longest delay that Node's timers can hold; a longer one would fire at once. */
const TIMEOUT_LIMIT_MS = 2 ** 31 - 1;

/** A request: what is checked here, and whatever else the operation takes. */
export interface Request {
  readonly operation: string;
  readonly files?: readonly SourceFile[] | undefined;
  readonly builtins?: readonly string[] | 'all' | undefined;
}

/** Encodes a request. Err kinds: `rego.invalid_request`. */
export function encodeRequest(request: Request, timeoutMs: number): Answer<string> {
  const problem = problemOfLimit(timeoutMs) ?? problemOfFiles(request.files ?? []);
  if (problem !== undefined) return malformed(problem);
  const builtins = request.builtins ?? EVALUATOR_BUILTINS;
  const text = textOf({ ...request, builtins: builtins === 'all' ? undefined : builtins });
  if (text === undefined) return malformed('a value cannot be written as JSON');
  return LONE_SURROGATE.test(text) ? malformed('a text is not well-formed Unicode') : answered(text);
}

/** The error of a call that makes no sense. */
export function malformed(detail: string): Answer<never> {
  return refused({ kind: 'rego.invalid_request', message: 'the request is malformed', detail });
}

/** JSON escapes exactly the surrogates that stand alone; the module would silently read another character. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

function textOf(request: Request): string | undefined {
  try {
    return JSON.stringify(request);
  } catch {
    return undefined;
  }
}

function problemOfLimit(timeoutMs: number): string | undefined {
  const fits = timeoutMs > 0 && timeoutMs <= TIMEOUT_LIMIT_MS;
  return fits ? undefined : 'timeoutMs must be more than zero and fit a timer';
}

function problemOfFiles(files: readonly SourceFile[]): string | undefined {
  const seen = new Set<string>();
  let bytes = 0;
  for (const { path, text } of files) {
    if (typeof path !== 'string' || typeof text !== 'string') return 'a file needs a path and a text';
    if (!isRelativePath(path)) return `not a relative path with forward slashes: ${JSON.stringify(path)}`;
    if (seen.has(path)) return `two files have the path ${JSON.stringify(path)}`;
    seen.add(path);
    bytes += Buffer.byteLength(text);
  }
  return bytes > SOURCES_LIMIT_BYTES ? `the sources are larger than ${SOURCES_LIMIT_BYTES} bytes` : undefined;
}

/** Compiled output names the files, so a path must mean the same on every machine. */
function isRelativePath(path: string): boolean {
  if (path.includes('\\') || path.includes('\0')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
