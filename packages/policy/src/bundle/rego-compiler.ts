/** The one door to the Rego compiler, an optional package that is loaded only when there is something to compile. */

import { err, ok, type Result } from 'neverthrow';
import type { PolicyError } from '../errors.js';

/** OPA's compiler as `@meshclaw/rego` has it. */
export type RegoCompiler = ReturnType<typeof import('@meshclaw/rego').createRego>;

/** Starts a compiler, hands it over and ends it. Err kinds: `policy.compiler_unavailable` and what the work answers. */
export async function withCompiler<T>(
  work: (rego: RegoCompiler) => Promise<Result<T, PolicyError>>,
): Promise<Result<T, PolicyError>> {
  let rego: RegoCompiler;
  try {
    rego = (await import('@meshclaw/rego')).createRego();
  } catch (cause) {
    return err({ kind: 'policy.compiler_unavailable', message: 'compiling needs the package @meshclaw/rego', cause });
  }
  try {
    return await work(rego);
  } finally {
    await rego.close();
  }
}

/** An answer of the compiler as a result. Err kinds: `policy.compiler_unavailable`, `policy.invalid_source`. */
export function fromAnswer<T>(
  answer:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: { readonly kind: string; readonly message: string } },
): Result<T, PolicyError> {
  if (answer.ok) return ok(answer.value);
  const { diagnostics } = answer.error as { diagnostics?: PolicyError['diagnostics'] };
  const invalid = diagnostics !== undefined;
  return err({
    kind: invalid ? 'policy.invalid_source' : 'policy.compiler_unavailable',
    message: invalid ? 'a policy source does not compile' : 'the Rego compiler cannot run',
    ...(invalid ? { diagnostics } : {}),
    cause: answer.error,
  });
}
