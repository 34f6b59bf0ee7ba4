// The compiler as an object with one method for each operation.
import { ARTIFACT_FOLDER } from './artifact.js';
import { type Answer, answered, type Diagnostic, refused } from './errors.js';
import { createHost, type Host } from './host.js';
import { encodeRequest, malformed } from './request.js';
import type {
  BuildInput,
  Built,
  Capabilities,
  CheckInput,
  Common,
  EvalInput,
  Evaluated,
  FormattedFile,
  Inspection,
  ParsedModule,
  Sources,
  TestInput,
  TestReport,
  TraceKind,
  Version,
} from './types.js';

/** A first call on a loaded machine with two cores takes up to 4 s; a policy set of thousands of tests, tens. */
const DEFAULT_TIMEOUT_MS = 60_000;

/** Some hundred expressions with their surroundings: more is for a machine that can ask for more. */
const DEFAULT_TRACE_LIMIT = 2_000;

/** OPA's compiler, tester, formatter and interpreter. Calls run one after another. */
export interface Rego {
  /** Compiles entrypoints to WebAssembly. */
  build(input: BuildInput): Promise<Answer<Built>>;
  /** Parses, compiles and type-checks; the value says how many files there were. */
  check(input: CheckInput): Promise<Answer<{ readonly files: number }>>;
  /** Runs the `test_` rules. A failing test is part of the value. */
  test(input: TestInput): Promise<Answer<TestReport>>;
  /** Formats files the way `opa fmt` does: all or, when one does not parse, none. */
  fmt(input: Sources): Promise<Answer<readonly FormattedFile[]>>;
  /** Parses files into syntax trees. */
  parse(input: Sources): Promise<Answer<readonly ParsedModule[]>>;
  /** Parses files and tells their rules and METADATA annotations. */
  inspect(input: Sources): Promise<Answer<Inspection>>;
  /** Answers a query with OPA's interpreter, with a trace when asked. */
  eval(input: EvalInput): Promise<Answer<Evaluated>>;
  /** Tells the built-ins and language features that calls with these settings compile. */
  capabilities(input?: Common): Promise<Answer<Capabilities>>;
  /** Tells the OPA and Go versions. */
  version(input?: Common): Promise<Answer<Version>>;
  /** Ends the worker; waiting and later calls answer `rego.closed`. */
  close(): Promise<void>;
}

/** Settings for all calls of one compiler; each call may set its own. */
export interface RegoOptions extends Common {
  /** Another folder with `regoc.wasm.br` and `regoc.wasm.sha256`. */
  readonly artifactFolder?: URL;
}

/**
 * Builds a compiler. It starts with the first call, in a thread of its own that does not keep the process alive.
 * Err kinds of every call: all of `RegoError`.
 */
export function createRego(options: RegoOptions = {}): Rego {
  const host = createHost(options.artifactFolder ?? ARTIFACT_FOLDER);
  const call = createCaller(host, options);
  return {
    build: (input) => call<Omit<Built, 'wasm'>, Built>('build', input, (value, wasm) => ({ ...value, wasm })),
    check: (input) => call('check', { ...input, strict: input.strict ?? true }),
    test: (input) => call('test', { ...input, ...traceOf(input, 'fails') }),
    fmt: (input) => call<{ files: readonly FormattedFile[] }, readonly FormattedFile[]>('fmt', input, (v) => v.files),
    parse: (input) =>
      call<{ modules: readonly ParsedModule[] }, readonly ParsedModule[]>('parse', input, (v) => v.modules),
    inspect: (input) => call('inspect', input),
    eval: (input) => call('eval', { ...input, ...traceOf(input, 'off') }),
    capabilities: (input = {}) => call('capabilities', input),
    version: (input = {}) => call('version', input),
    close: host.close,
  };
}

interface Traced {
  readonly trace?: TraceKind;
  readonly traceLimit?: number;
}

function traceOf({ trace, traceLimit }: Traced, otherwise: TraceKind): Required<Traced> {
  return { trace: trace ?? otherwise, traceLimit: traceLimit ?? DEFAULT_TRACE_LIMIT };
}

type ModuleReply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault; readonly diagnostics: readonly Diagnostic[] };

type Fault = 'request' | 'policy' | 'evaluation' | 'internal';

/** Whatever an operation takes; the compiler module refuses a field it does not know. */
type Fields = Partial<BuildInput & CheckInput & TestInput & EvalInput>;

type Caller = <T, V = T>(
  operation: string,
  input: Fields,
  shape?: (value: T, blob: Uint8Array) => V,
) => Promise<Answer<V>>;

function createCaller(host: Host, options: RegoOptions): Caller {
  return async <T, V>(
    operation: string,
    { timeoutMs, builtins, ...fields }: Fields,
    shape: (value: T, blob: Uint8Array) => V = (value) => value as unknown as V,
  ) => {
    const limitMs = timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const request = encodeRequest({ ...fields, operation, builtins: builtins ?? options.builtins }, limitMs);
    if (!request.ok) return request;
    const reply = await host.call(request.value, limitMs);
    if (!reply.ok) return reply;
    const answer = JSON.parse(reply.value.json) as ModuleReply<T>;
    if (answer.ok) return answered(shape(answer.value, reply.value.blob));
    if (answer.fault === 'internal') host.discard();
    return failure(answer.fault, answer.diagnostics);
  };
}

function failure(fault: Fault, diagnostics: readonly Diagnostic[]): Answer<never> {
  const detail = diagnostics.map(({ message }) => message).join('\n');
  switch (fault) {
    case 'request':
      return malformed(detail);
    case 'policy':
      return refused({ kind: 'rego.invalid_policy', message: 'the policy does not compile', diagnostics });
    case 'evaluation':
      return refused({ kind: 'rego.evaluation_failed', message: 'the evaluation ended in an error', diagnostics });
    case 'internal':
      return refused({ kind: 'rego.crashed', message: 'the compiler died during the call', detail });
  }
}
