/** A policy that stays what its sources are while a process runs: looked at before a decision, replaced whole, and kept when the new one is no good. */

import type { Decision, PolicyAlarm, Reason } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { Policy } from './open-policy.js';
import { thrownText } from './pdp/evaluate.js';

export interface LivePolicyOptions {
  /** The policy to begin with, and what the sources were before it was opened from them. */
  readonly first: Policy;
  readonly state: string;
  /** What the sources are now: another text when they are others. May throw where they cannot be looked at. */
  look(): string;
  /** Opens what the sources are now. The error is what is wrong, in a line or some. */
  open(): Promise<Result<Policy, string>>;
  /** Puts a new policy on record before it decides; it does not decide when that fails. */
  onReplaced(policy: Policy): Promise<Result<void, string>>;
  /** Told once for each state of the sources that is no good. */
  onFailed(detail: string): Promise<void>;
  /** Milliseconds between two looks at the sources; 1000 when left out. */
  readonly everyMs?: number;
  /** Milliseconds of a clock that never goes back; the process's own when left out. */
  readonly now?: () => number;
}

/** Changes are people's, and a look costs some system calls a file. */
const EVERY_MS = 1_000;

/** Keeps a policy current. A decision waits for a look that is due, so one that is asked a moment after a change is made by the changed policy. */
export function livePolicy(options: LivePolicyOptions): Policy {
  const { everyMs = EVERY_MS, now = () => performance.now() } = options;
  let current = options.first;
  let { state } = options;
  let lookedAt = now();
  let alarm: PolicyAlarm | undefined;
  let replacing: Promise<void> | undefined;

  const refresh = async (): Promise<void> => {
    lookedAt = now();
    const found = lookOf(options);
    if (found === state) return;
    state = found; // also when it is no good: it is tried again once it changes, not for each decision
    const replaced = await successor(options).catch((cause: unknown) => err(thrownText(cause)));
    if (replaced.isErr()) {
      alarm = { ...RELOAD_FAILED, detail: replaced.error };
      await options.onFailed(replaced.error);
      return;
    }
    const last = current;
    current = replaced.value;
    alarm = undefined;
    await last.close();
  };
  const due = (): Promise<void> | undefined => {
    if (replacing === undefined && now() - lookedAt >= everyMs) {
      replacing = refresh().finally(() => {
        replacing = undefined;
      });
    }
    return replacing;
  };
  return {
    get digest() {
      return current.digest;
    },
    get sources() {
      return current.sources;
    },
    get rules() {
      return current.rules;
    },
    get loosened() {
      return current.loosened;
    },
    get commandFacts() {
      return current.commandFacts;
    },
    get failedSelfTest() {
      return current.failedSelfTest;
    },
    decide: async (request) => {
      await due();
      const decision = await current.decide(request);
      return alarm === undefined ? decision : noted(decision, alarm);
    },
    alarms: () => [...(current.alarms?.() ?? []), ...(alarm === undefined ? [] : [alarm])],
    close: async () => {
      await replacing;
      await current.close();
    },
  };
}

/** Sources that cannot even be looked at are others than before. */
function lookOf({ look }: LivePolicyOptions): string {
  try {
    return look();
  } catch (cause) {
    return `unreadable: ${String((cause as { code?: unknown } | null)?.code ?? 'unknown')}`;
  }
}

/** The new policy, opened, proved and on record. One that is too mild replaces nothing. */
async function successor({ open, onReplaced }: LivePolicyOptions): Promise<Result<Policy, string>> {
  const opened = await open();
  if (opened.isErr()) return err(opened.error);
  const policy = opened.value;
  const tooMild = policy.failedSelfTest.join(', ');
  const kept = tooMild === '' ? await onReplaced(policy) : err(`it answers known requests too mildly: ${tooMild}`);
  if (kept.isOk()) return ok(policy);
  await policy.close();
  return err(kept.error);
}

const RELOAD_FAILED = {
  id: 'policy.reload_failed',
  severity: 'high',
  title: 'The policy was changed and cannot be used; the last good one decides',
} as const;

/** The answer is the last good policy's, and says so. */
function noted(decision: Decision, { id, severity, title, detail }: PolicyAlarm): Decision {
  const note: Reason = { rule: id, title: 'Policy reload', severity, message: title, facts: { detail } };
  return { ...decision, reasons: [...decision.reasons, note] };
}
