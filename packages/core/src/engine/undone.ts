/** A decision after which nothing was done is kept all the same, with its refusal. */

import { err, type Result } from 'neverthrow';
import type { Refusal } from '../refusal.js';
import type { Decided } from './decide.js';
import type { Engine } from './engine.js';
import { decisionMade, executionFinished, type Scope } from './records.js';
import { evidenceUnavailable } from './refuse.js';

/** Records the decision (and that nothing was sent, where an executor said so) and answers the refusal with its evidence. Err kinds: the refusal's own, `evidence_unavailable`. */
export async function keepUndone(
  engine: Engine,
  scope: Scope,
  decided: Decided,
  refusal: Refusal,
): Promise<Result<never, Refusal>> {
  const policy = decided.decision.policyDigest;
  const decision = decisionMade(engine, { ...scope, policy }, decided);
  const notDone =
    refusal.kind === 'not_sent' ? [executionFinished(engine, { ...scope, policy }, { notSent: refusal.error })] : [];
  const kept = await engine.ledger.append([decision, ...notDone]);
  if (kept.isErr()) return err(evidenceUnavailable(scope, kept.error));
  return err({ ...refusal, evidence: [...refusal.evidence, ...kept.value.map(({ index }) => String(index))] });
}
