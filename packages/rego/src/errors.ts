// What can go wrong, as data.

/** One thing that OPA found wrong, with its place in the sources where OPA knows it. Rows and columns count from 1. */
export interface Diagnostic {
  /** OPA's own code, such as `rego_parse_error` or `rego_type_error`; `rego_error` where OPA gives only text. */
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly row?: number;
  readonly column?: number;
  /** Further lines, such as the types an expression has and wants. */
  readonly details?: readonly string[];
}

/** Everything a call of this package can answer instead of its value. */
export type RegoError =
  | InvalidRequest
  | InvalidPolicy
  | EvaluationFailed
  | TimedOut
  | Crashed
  | Closed
  | CompilerUnavailable
  | CompilerCorrupt;

/** The call itself makes no sense: a bad path, two files with one path, an unknown built-in name. */
export interface InvalidRequest {
  readonly kind: 'rego.invalid_request';
  readonly message: 'the request is malformed';
  readonly detail: string;
}

/** The Rego does not parse, compile or type-check. */
export interface InvalidPolicy {
  readonly kind: 'rego.invalid_policy';
  readonly message: 'the policy does not compile';
  readonly diagnostics: readonly Diagnostic[];
}

/** The Rego compiled and its evaluation ended in an error, such as two values for one rule. */
export interface EvaluationFailed {
  readonly kind: 'rego.evaluation_failed';
  readonly message: 'the evaluation ended in an error';
  readonly diagnostics: readonly Diagnostic[];
}

/** The call ran longer than its limit and was ended; the next one gets a new compiler instance. */
export interface TimedOut {
  readonly kind: 'rego.timed_out';
  readonly message: 'the call ran longer than its limit';
  readonly limitMs: number;
}

/** The compiler died during the call; the next one gets a new instance. */
export interface Crashed {
  readonly kind: 'rego.crashed';
  readonly message: 'the compiler died during the call';
  readonly detail: string;
  readonly cause?: unknown;
}

/** `close` was called before the call had an answer. */
export interface Closed {
  readonly kind: 'rego.closed';
  readonly message: 'the compiler was closed';
}

/** A file of this package cannot be read, unpacked or started. */
export interface CompilerUnavailable {
  readonly kind: 'rego.compiler_unavailable';
  readonly message: 'the compiler module cannot be loaded';
  readonly file: string;
  readonly cause?: unknown;
}

/** The compiler module is not the one whose digest was recorded when it was built. Digests are SHA-256 in hex. */
export interface CompilerCorrupt {
  readonly kind: 'rego.compiler_corrupt';
  readonly message: 'the compiler module does not match its recorded digest';
  readonly file: string;
  readonly expectedDigest: string;
  readonly actualDigest: string;
}

/** The answer of every call: a value or an error, never a throw. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: RegoError };

/** Wraps a value as an answer. */
export function answered<T>(value: T): Answer<T> {
  return { ok: true, value };
}

/** Wraps an error as an answer. */
export function refused(error: RegoError): { readonly ok: false; readonly error: RegoError } {
  return { ok: false, error };
}
