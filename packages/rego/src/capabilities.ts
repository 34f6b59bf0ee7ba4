// The built-ins that a compiled policy can rely on.

/**
 * Built-ins that OPA's WebAssembly runtime carries inside the policy module. Source: the function table of OPA
 * 1.22's WebAssembly backend, without what Rego v1 refuses as deprecated. A test compiles a call of each one and
 * finds that the module asks its host for nothing.
 */
export const NATIVE_BUILTINS = [
  // operators and the functions behind them
  ...['assign', 'eq', 'equal', 'neq', 'lt', 'lte', 'gt', 'gte'],
  ...['plus', 'minus', 'mul', 'div', 'rem', 'and', 'or'],
  ...['internal.member_2', 'internal.member_3', 'internal.template_string'],
  // numbers and bits
  ...['abs', 'ceil', 'floor', 'round', 'format_int', 'to_number', 'numbers.range'],
  ...['bits.and', 'bits.lsh', 'bits.negate', 'bits.or', 'bits.rsh', 'bits.xor'],
  // collections
  ...['count', 'sum', 'product', 'max', 'min', 'sort', 'union', 'intersection', 'walk', 'graph.reachable'],
  ...['array.concat', 'array.flatten', 'array.reverse', 'array.slice'],
  ...['object.filter', 'object.get', 'object.keys', 'object.remove', 'object.union', 'object.union_n'],
  // strings
  ...['concat', 'contains', 'endswith', 'indexof', 'lower', 'replace', 'split', 'startswith', 'substring', 'upper'],
  ...['strings.replace_n', 'strings.reverse'],
  ...['trim', 'trim_left', 'trim_prefix', 'trim_right', 'trim_space', 'trim_suffix'],
  ...['glob.match', 'regex.find_all_string_submatch_n', 'regex.is_valid', 'regex.match'],
  // encodings and networks
  ...['base64.decode', 'base64.encode', 'base64.is_valid', 'base64url.decode', 'base64url.encode'],
  ...['json.filter', 'json.is_valid', 'json.marshal', 'json.remove', 'json.unmarshal'],
  ...['net.cidr_contains', 'net.cidr_intersects'],
  // types
  ...['is_array', 'is_boolean', 'is_null', 'is_number', 'is_object', 'is_set', 'is_string', 'type_name'],
] as const;

/**
 * Built-ins that the compiler itself takes away: `rego.metadata.*` become constants, `print` is dropped from builds
 * and works in tests and in the interpreter.
 */
export const COMPILED_AWAY_BUILTINS = ['rego.metadata.chain', 'rego.metadata.rule', 'print'] as const;

/** Built-ins that the evaluator's host supplies. Empty: a policy needs nothing from outside. */
export const HOST_BUILTINS = [] as const satisfies readonly string[];

/**
 * The built-ins that may be used, unless a call says otherwise. `sprintf` is not among them: evaluators in JavaScript
 * give other text than OPA or throw.
 */
export const EVALUATOR_BUILTINS: readonly string[] = [...NATIVE_BUILTINS, ...COMPILED_AWAY_BUILTINS, ...HOST_BUILTINS];
