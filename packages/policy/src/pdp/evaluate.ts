/** Evaluating one text after another: in this process, where only what we shipped runs, or elsewhere behind the same face. */

import type { PolicyInstance, PolicyModule } from './evaluator.js';

/** What came of one evaluation. */
export type Evaluated = { readonly results: unknown } | { readonly thrown: string } | { readonly timedOut: number };

export interface Evaluator {
  /** Never throws and never rejects. */
  evaluate(text: string): Evaluated | Promise<Evaluated>;
  /** The next evaluation starts with fresh memory. */
  discard(): void;
  close(): Promise<void>;
}

/** Evaluates in this thread. Whatever an instance throws, it is not used again: its memory may be poisoned. */
export function evaluateHere(module: PolicyModule): Evaluator {
  let instance: PolicyInstance | undefined;
  return {
    evaluate: (text) => {
      try {
        instance ??= module.instance();
        return { results: instance.evaluate(text) };
      } catch (cause) {
        instance = undefined;
        return { thrown: thrownText(cause) };
      }
    },
    discard: () => {
      instance = undefined;
    },
    close: async () => {
      instance = undefined;
    },
  };
}

/** Aborts are strings, missing built-ins plain objects, traps errors. */
export function thrownText(cause: unknown): string {
  const text = typeof cause === 'string' ? cause : ((cause as { message?: unknown } | null)?.message ?? 'unknown');
  return String(text).slice(0, 200);
}
