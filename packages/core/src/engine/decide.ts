/** Asks policy about one operation on one target, and checks that the engine can meet what the answer demands. */

import { err, ok, type Result } from 'neverthrow';
import type { Action } from '../action.js';
import type { ApprovalDemands } from '../approvals/approval.js';
import type { Decision, DecisionRequest, Mode } from '../decision.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { Operation } from '../operation.js';
import type { Refusal } from '../refusal.js';
import type { Target } from '../target.js';
import { type Asking, type Engine, newId } from './engine.js';
import { type About, evidenceUnavailable, refused } from './refuse.js';
import { readState, type State } from './state.js';

/** A decision with the question and the state it was made on. */
export interface Decided {
  readonly request: DecisionRequest;
  readonly decision: Decision;
  readonly state: State;
}
/** What is asked about: an operation by name and class, its input and, for judged ones, its words. */
export interface Question {
  readonly name: string;
  readonly class: Operation['class'];
  readonly input: JsonValue;
  readonly action?: Action;
}

/** Reads the state, asks policy, answers both. Err kinds: `evidence_unavailable`. */
export async function decide(
  engine: Engine,
  asking: Asking,
  target: Target,
  question: Question,
  mode: Mode,
): Promise<Result<Decided, Refusal>> {
  const about = { operation: question.name, target: target.id };
  const state = await readState(engine, target.id, question.name);
  if (state.isErr()) return err(evidenceUnavailable(about, state.error));
  const request = buildRequest(engine, asking, target, question, mode, state.value);
  return ok({ request, decision: await engine.policy.decide(request), state: state.value });
}

function buildRequest(
  { clock }: Engine,
  { subject, surface, exposed }: Asking,
  target: Target,
  { name, class: operationClass, input, action }: Question,
  mode: Mode,
  { freeze, recent, facts }: State,
): DecisionRequest {
  const argv = operationClass === 'judged' && action?.kind === 'command' ? { argv: action.argv } : {};
  return {
    requestId: newId('req'),
    subject,
    action: { name, class: operationClass, properties: asObject(input), ...argv },
    resource: { type: target.kind, id: target.id, properties: target.properties, facts },
    context: { now: clock.now(), mode, surface, freeze, exposed, recent },
  };
}

const asObject = (input: JsonValue): JsonObject =>
  input !== null && typeof input === 'object' && !Array.isArray(input) ? (input as JsonObject) : { value: input };

/** What the obligations of a decision come to. */
export interface Demands extends ApprovalDemands {
  readonly verify: boolean;
  /** The most uses that a bounded grant may have to be taken for this; 0 means that this needs a yes of its own. */
  readonly boundedUses: number;
}

/** The obligations as demands; one that is not known, or cannot be met, refuses. Err kinds: `refused` (`obligation`). */
export function demandsOf(decision: Decision, about: About, operation?: Operation): Result<Demands, Refusal> {
  let demands: Demands = {
    minimum: 'signature',
    signers: 1,
    verify: false,
    boundedUses: boundedUses(decision, operation),
  };
  for (const { type, parameters } of decision.obligations) {
    if (type === 'approval_method' && parameters.minimum === 'presence') demands = { ...demands, minimum: 'presence' };
    else if (type === 'approval_method' && parameters.minimum === 'signature') continue;
    else if (type === 'four_eyes' && parameters.signers === 2) demands = { ...demands, signers: 2 };
    else if (type === 'verify' && canVerify(operation)) demands = { ...demands, verify: true };
    else return err(refused(about, 'obligation'));
  }
  return ok(demands);
}

/** What every `approval_method` permits, where each says it. Words of the asker's own are never covered: they are not one operation. */
function boundedUses({ obligations }: Decision, operation?: Operation): number {
  const methods = obligations.filter(({ type }) => type === 'approval_method');
  const permitted = methods.map(({ parameters }) => parameters.bounded_uses);
  if (operation === undefined || operation.class === 'judged' || permitted.length === 0) return 0;
  return Math.min(...permitted.map((uses) => (Number.isSafeInteger(uses) ? Math.max(0, uses as number) : 0)));
}

const canVerify = (operation?: Operation): boolean =>
  operation === undefined || (operation.change !== undefined && !('none' in operation.change.verify));
