/** Decides about what somebody else will do: an action that is asked about and kept as evidence, and never carried out here. */

import { err, ok, type Result } from 'neverthrow';
import type { AskedAction, Decision, DecisionRequest } from '../decision.js';
import type { Ledger, Unless } from '../ledger.js';
import type { Refusal } from '../refusal.js';
import { type Asking, type Engine, newId } from './engine.js';
import { decisionMade } from './records.js';
import { appendRefused, evidenceUnavailable, refused } from './refuse.js';
import { readState } from './state.js';

const RECENT_MS = 3_600_000;

/** What is asked about when nothing is named: the program that asks. */
const PROGRAM = { type: 'program', id: 'self' };

/** Asks policy for an answer that will be acted on at once. The decision is stored before it is told. Err kinds: `evidence_unavailable`, `refused` (`inventory_unavailable`, `overtaken`). */
export async function ask(engine: Engine, asking: Asking, asked: AskedAction): Promise<Result<Decision, Refusal>> {
  const resource = asked.resource ?? PROGRAM;
  const about = { operation: asked.name, target: resource.id };
  const known = await engine.inventory.target(resource.id);
  if (known.isErr()) return err(refused(about, 'inventory_unavailable', known.error));
  const state = await readState(engine, resource.id, asked.name);
  if (state.isErr()) return err(evidenceUnavailable(about, state.error));
  const recent = await countRecent(engine, resource.id, asked.name);
  if (recent.isErr()) return err(evidenceUnavailable(about, recent.error));
  const { freeze, facts, from } = state.value;
  const request: DecisionRequest = {
    requestId: newId('req'),
    subject: asking.subject,
    action: {
      name: asked.name,
      class: asked.class,
      properties: asked.properties ?? {},
      ...(asked.argv === undefined ? {} : { argv: asked.argv }),
    },
    // What the inventory knows about is what the inventory says, not what the asker says.
    resource: known.value
      ? { type: known.value.kind, id: resource.id, properties: known.value.properties, facts }
      : { type: resource.type, id: resource.id, properties: asked.resource?.properties ?? {}, facts },
    context: {
      now: engine.clock.now(),
      mode: 'execute',
      surface: asking.surface,
      freeze,
      exposed: asking.exposed,
      recent: { [asked.name]: recent.value },
    },
  };
  const decision = await engine.policy.decide(request);
  const scope = { asking, ...about, policy: decision.policyDigest };
  const record = decisionMade(engine, scope, { request, decision, state: state.value });
  const kept = await engine.ledger.append([record], unlessFrozen(decision, from));
  return kept.isOk() ? ok(decision) : err(appendRefused(about, kept.error));
}

/** What is done elsewhere leaves no executions here, so that limits count how often it was asked for. */
function countRecent({ ledger, clock }: Engine, target: string, operation: string): ReturnType<Ledger['count']> {
  const since = new Date(Date.parse(clock.now()) - RECENT_MS).toISOString();
  return ledger.count({ types: ['decision.made', 'execution.intended'], target, operation, since });
}

/** A freeze that came while policy was asked stops everything but reads. */
const unlessFrozen = ({ allowed, class: decided }: Decision, from: number): Unless | undefined =>
  allowed && decided !== 'read' ? { types: ['freeze.set'], from } : undefined;
