/** What an executor reports. */

import type { ActionKind } from './action.js';
import type { JsonValue } from './json.js';

/** Printed text, UTF-8 decoded: head and tail when `cut`. `bytes` and `digest` (SHA-256 hex) are of everything that was printed. */
export interface Captured {
  readonly text: string;
  readonly bytes: number;
  readonly digest: string;
  readonly cut: boolean;
}
export interface Exited {
  readonly kind: 'exited';
  readonly exitCode: number;
  readonly stdout: Captured;
  readonly stderr: Captured;
  readonly durationMs: number;
}
export interface Signalled {
  readonly kind: 'signalled';
  readonly signal: string;
  readonly stdout: Captured;
  readonly stderr: Captured;
  readonly durationMs: number;
}
export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  readonly body: JsonValue;
  readonly request: { readonly method: string; readonly path: string; readonly bodyDigest: string };
  readonly durationMs: number;
}
/** It may or may not have been done: never retried by itself, never reported as success. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly reason: string;
  readonly stdout?: Captured;
  readonly stderr?: Captured;
  readonly durationMs: number;
}
export type Outcome = Exited | Signalled | Answered | Unknown;
/** The only outcomes `parse` ever sees: the engine has already dealt with signals, unknowns and unexpected exit codes. */
export type OutcomeOf<K extends ActionKind> = K extends 'command' ? Exited : Answered;
