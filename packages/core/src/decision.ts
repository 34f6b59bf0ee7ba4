/** The question policy is asked, its answer, and the port to the policy decision point (PDP). Wire forms are in `wire/`. */

import type { ResultAsync } from 'neverthrow';
import type { JsonObject, JsonValue } from './json.js';
import type { OperationClass } from './operation.js';
import type { Severity } from './severity.js';

export const SUBJECT_TYPES = ['agent', 'human', 'schedule', 'ci'] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];
/** Who asks. The face that authenticated the asker makes it; it never comes from input. */
export interface Subject {
  readonly type: SubjectType;
  readonly id: string;
  readonly properties?: JsonObject;
}
/** `<type>:<id>`, the form in ledger records. */
export const subjectName = (subject: Subject): string => `${subject.type}:${subject.id}`;

export const SURFACES = ['cli', 'mcp', 'sdk', 'dashboard', 'schedule', 'ci'] as const;
export type Surface = (typeof SURFACES)[number];
export const MODES = ['check', 'plan', 'execute'] as const;
export type Mode = (typeof MODES)[number];

/** From mildest to strictest. */
export const EFFECTS = ['read_state', 'auto_safe', 'approval_required', 'deny'] as const;
export type Effect = (typeof EFFECTS)[number];

/** AuthZEN's words. The engine fills everything but subject, action name and inputs. */
export interface DecisionRequest {
  readonly requestId: string;
  readonly subject: Subject;
  readonly action: {
    readonly name: string;
    readonly class: OperationClass;
    /** The operation's input. */
    readonly properties: JsonObject;
    /** The words that would run; only for `judged` operations. */
    readonly argv?: readonly string[];
  };
  readonly resource: {
    readonly type: string;
    readonly id: string;
    readonly properties: JsonObject;
    /** Observed values by name, with their age; one that is too old is not here. */
    readonly facts: Readonly<Record<string, { readonly value: JsonValue; readonly ageSeconds: number }>>;
  };
  readonly context: {
    /** ISO 8601 UTC; policy has no clock of its own. */
    readonly now: string;
    readonly mode: Mode;
    readonly surface: Surface;
    readonly freeze: boolean;
    /** True once the asker's session has read text that a server wrote. */
    readonly exposed: boolean;
    /** Executions of an operation on this resource in the last hour, by operation name. */
    readonly recent: Readonly<Record<string, number>>;
  };
}
/** What a program outside the engine is about to do itself. Policy knows the class of each name it knows; another one is denied. */
export interface AskedAction {
  /** `<noun>.<verb>`, of the catalogue or one of the operations that the policy was opened with. */
  readonly name: string;
  readonly class: OperationClass;
  readonly properties?: JsonObject;
  /** The words that would run; for `judged` operations. */
  readonly argv?: readonly string[];
  /** On what; the asking program itself when left out. */
  readonly resource?: { readonly type: string; readonly id: string; readonly properties?: JsonObject };
}
/** Why: rule id, texts from the rule's METADATA, the facts it read and its place. */
export interface Reason {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly message: string;
  readonly remediation?: string;
  readonly facts?: JsonObject;
  /** `file:line` of the rule; absent for reasons the evaluator itself gives. */
  readonly source?: string;
}
/** What the engine must also do, or else refuse (XACML). */
export interface Obligation {
  readonly id: string;
  readonly type: string;
  readonly parameters: JsonObject;
}
/** A safer operation that the asker may call at once. */
export interface Alternative {
  readonly operation: string;
  readonly why: string;
}
/** The whole answer of the PDP. Also what it answers when anything at all goes wrong: a deny with reason `policy.*`. */
export interface Decision {
  readonly requestId: string;
  readonly effect: Effect;
  readonly allowed: boolean;
  /** The class it was decided for: the operation's own, or what the PDP stated for a `judged` one. */
  readonly class: Exclude<OperationClass, 'judged'>;
  readonly reasons: readonly Reason[];
  readonly obligations: readonly Obligation[];
  readonly alternative?: Alternative;
  /** What rules in shadow would have made of it. Recorded, never enforced. */
  readonly wouldHave?: { readonly effect: Effect; readonly reasons: readonly Reason[] };
  /** SHA-256 of the policy bundle's manifest. */
  readonly policyDigest: string;
  /** SHA-256 of the exact bytes that were evaluated. */
  readonly inputDigest: string;
  readonly durationMs: number;
}

/** Something that is wrong with the policy itself. Every report tells it as a finding until it is right again. */
export interface PolicyAlarm {
  readonly id: 'policy.reload_failed' | 'policy.failed_self_test' | 'policy.unavailable';
  readonly severity: Severity;
  readonly title: string;
  readonly detail: string;
}

/** The PDP. It never fails: whatever goes wrong inside is a deny. */
export interface PolicyDecisionPoint {
  /** Digest of the loaded policy. */
  readonly digest: string;
  decide(request: DecisionRequest): Promise<Decision>;
  /** What is wrong with the policy now; nothing when left out. */
  alarms?(): readonly PolicyAlarm[];
}

/** What explains decisions to people; handed to faces by the composition root. */
export interface PolicyTools {
  explain(request: DecisionRequest): ResultAsync<JsonValue, { readonly kind: string; readonly message: string }>;
}
