// What goes into the compiler and what comes out of it.
import type { Diagnostic } from './errors.js';

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One Rego file. The path is relative, with forward slashes; it is what diagnostics and compiled output name. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What every operation takes. */
export interface Common {
  /** Names of the built-ins that may be used, or `all` that OPA has. The default is `EVALUATOR_BUILTINS`. */
  readonly builtins?: readonly string[] | 'all';
  /** When the call is given up, counted from its start (not from when it was queued). */
  readonly timeoutMs?: number;
}

/** What every operation on sources takes. */
export interface Sources extends Common {
  readonly files: readonly SourceFile[];
}

/** Sources with the base document that rules see under `data`. */
export interface SourcesAndData extends Sources {
  readonly data?: { readonly [key: string]: Json };
}

/** Input of `build`. Files named `*_test.rego` are left out. */
export interface BuildInput extends SourcesAndData {
  /** Rules by path, such as `meshclaw/authz/decision`. */
  readonly entrypoints: readonly string[];
}

/** A compiled policy. The same input gives the same bytes. */
export interface Built {
  /** The policy module, for any OPA WebAssembly evaluator with ABI 1.3. */
  readonly wasm: Uint8Array;
  /** The base document as JSON text with sorted keys. */
  readonly dataJson: string;
  /** The files that went in, sorted. */
  readonly files: readonly string[];
  readonly entrypoints: readonly string[];
}

/** Input of `check`. */
export interface CheckInput extends SourcesAndData {
  /** Also refuse unused variables and imports, duplicate imports and shadowed names. On by default. */
  readonly strict?: boolean;
}

/** How much of an evaluation is told: nothing, failed expressions and how they were reached, or every step. */
export type TraceKind = 'off' | 'fails' | 'full';

/** Input of `test`. */
export interface TestInput extends SourcesAndData {
  readonly coverage?: boolean;
  /** A regular expression (RE2) over full names such as `data.meshclaw.authz_test.test_denies`. */
  readonly filter?: string;
  /** What is told of tests that did not pass. The default is `fails`. */
  readonly trace?: TraceKind;
  /** Events kept of one trace. */
  readonly traceLimit?: number;
}

/** What became of one test. */
export type TestOutcome = 'passed' | 'failed' | 'errored' | 'skipped';

/** One test, sorted by file and row. */
export interface TestResult {
  readonly package: string;
  readonly name: string;
  readonly file: string;
  readonly row: number;
  readonly outcome: TestOutcome;
  readonly durationMs: number;
  /** What `print` wrote. */
  readonly output: string;
  /** The cases of a table test (`test_name[case] if …`). */
  readonly cases?: readonly { readonly path: readonly string[]; readonly outcome: 'passed' | 'failed' }[];
  readonly error?: Diagnostic;
  readonly trace?: Trace;
}

/** Answer of `test`. A failing test is a result here, not an error of the call. */
export interface TestReport {
  readonly tests: readonly TestResult[];
  readonly coverage?: Coverage;
}

/** A place in a file; rows and columns count from 1. */
export interface Position {
  readonly row: number;
  readonly column: number;
}

/** A stretch of a file; the end is the place after its last character. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** Covered lines. `percent` is exact, never rounded, and 0 where there is nothing to cover. */
export interface LineCoverage {
  readonly percent: number;
  readonly coveredLines: number;
  readonly notCoveredLines: number;
}

/** Coverage of all files, test files among them (as `opa test --coverage` counts), and of each by path. */
export interface Coverage extends LineCoverage {
  readonly files: { readonly [path: string]: FileCoverage };
}

/** Coverage of one file. */
export interface FileCoverage extends LineCoverage {
  readonly covered: readonly Range[];
  readonly notCovered: readonly Range[];
}

/** Steps of an evaluation, in order. */
export interface Trace {
  readonly events: readonly TraceEvent[];
  /** How many events after the last one were over the limit. */
  readonly dropped: number;
}

/** One step of an evaluation. Queries form a tree by `queryId` and `parentId`. */
export interface TraceEvent {
  readonly op: string;
  readonly node: 'rule' | 'body' | 'expression' | 'none';
  readonly queryId: number;
  readonly parentId: number;
  readonly file?: string;
  readonly row?: number;
  readonly column?: number;
  /** The source text of this place. */
  readonly text: string;
  /** The rule's full path, when the node is a rule. */
  readonly rule?: string;
  readonly message?: string;
  /** Values of the expression's variables and input references by their text in the source; long ones are left out. */
  readonly values?: { readonly [name: string]: Json };
}

/** Input of `eval`. Files named `*_test.rego` are left out. */
export interface EvalInput extends SourcesAndData {
  /** A Rego query, such as `data.meshclaw.authz.decision`. */
  readonly query: string;
  readonly input?: Json;
  readonly trace?: TraceKind;
  readonly traceLimit?: number;
}

/** Answer of `eval`. */
export interface Evaluated {
  /** One row for each way the query holds; none when it is undefined. */
  readonly results: readonly EvaluatedRow[];
  /** Errors of built-ins, which Rego turns into undefined. */
  readonly builtinErrors: readonly Diagnostic[];
  /** What `print` wrote. */
  readonly output: string;
  readonly trace?: Trace;
}

/** One way a query holds: the value of each of its expressions, and its variables. */
export interface EvaluatedRow {
  readonly values: readonly Json[];
  readonly bindings: { readonly [name: string]: Json };
}

/** One formatted file. */
export interface FormattedFile extends SourceFile {
  readonly changed: boolean;
}

/** A file's syntax tree in OPA's own JSON form, with locations. */
export interface ParsedModule {
  readonly file: string;
  readonly package: string;
  readonly ast: Json;
}

/** What files contain: packages, imports, rules and METADATA annotations. */
export interface Inspection {
  readonly modules: readonly InspectedModule[];
  readonly annotations: readonly Annotation[];
}

/** One file's package, imports and rules. */
export interface InspectedModule {
  readonly file: string;
  readonly package: string;
  readonly row: number;
  readonly imports: readonly { readonly path: string; readonly row: number }[];
  readonly rules: readonly InspectedRule[];
}

/** One rule as written; a rule with several bodies appears once for each. */
export interface InspectedRule {
  readonly path: string;
  readonly name: string;
  readonly kind: 'complete' | 'set' | 'object' | 'function';
  readonly isDefault: boolean;
  readonly row: number;
  readonly column: number;
  readonly endRow: number;
}

/** One METADATA block. */
export interface Annotation {
  readonly scope: 'rule' | 'document' | 'package' | 'subpackages';
  /** The package or rule it is about, such as `data.meshclaw.rules.service.few_restarts`. */
  readonly path: string;
  readonly file: string;
  /** The row of the block itself. */
  readonly row: number;
  /** The row of the package or rule it is about. */
  readonly targetRow: number;
  readonly title?: string;
  readonly description?: string;
  readonly entrypoint: boolean;
  readonly custom: { readonly [key: string]: Json };
  readonly labels: { readonly [key: string]: Json };
}

/** A built-in function as OPA declares it. */
export interface Builtin {
  readonly name: string;
  readonly arity: number;
  readonly infix?: string;
  readonly isRelation: boolean;
  readonly deprecated: boolean;
  readonly nondeterministic: boolean;
}

/** The language that a call with these built-ins compiles. */
export interface Capabilities {
  readonly builtins: readonly Builtin[];
  readonly features: readonly string[];
}

/** What the compiler was made of, such as `{opa: '1.22.2', go: 'go1.26.8'}`. */
export interface Version {
  readonly opa: string;
  readonly go: string;
}
