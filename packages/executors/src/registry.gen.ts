import type { ExecutorEntry } from './registry.js';

export const executors = {} as const satisfies Record<string, ExecutorEntry>;
