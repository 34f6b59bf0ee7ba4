/** From a caller's words to what would run: input, target, platform, action. Pure but for asking inventory and facts. */

import { err, ok, type Result } from 'neverthrow';
import type { Action } from '../action.js';
import type { JsonValue } from '../json.js';
import type { Operation, ReadOperation } from '../operation.js';
import type { Refusal } from '../refusal.js';
import type { Platform, PlatformFact, Target } from '../target.js';
import type { Asking, Engine } from './engine.js';
import { type About, evidenceUnavailable, invalidInput, refused, unknownTarget, unsupportedHere } from './refuse.js';
import { readFacts } from './state.js';

/** What is to be done, checked, but not yet as bytes. */
export interface Prepared {
  readonly operation: Operation;
  readonly target: Target;
  /** As the operation's schema answered it. */
  readonly input: unknown;
  readonly platform: Platform;
  readonly about: About;
}
/** How the engine itself performs a read (platform facts, observation, verification). */
export type PerformRead = (
  asking: Asking,
  operation: ReadOperation,
  target: string,
  input: unknown,
) => Promise<Result<{ readonly output: unknown; readonly evidence: readonly string[] }, Refusal>>;

/** Checks input and target, and learns the platform facts that the operation needs. Err kinds: `invalid_input`, `unknown_target`, `unsupported`, `refused`, and those of reading the platform. */
export async function prepare(
  engine: Engine,
  asking: Asking,
  operation: Operation,
  targetId: string,
  rawInput: unknown,
  performRead: PerformRead,
): Promise<Result<Prepared, Refusal>> {
  const about = { operation: operation.name, target: targetId };
  const parsed = operation.input.safeParse(rawInput);
  if (!parsed.success) return err(invalidInput(about, parsed.error.issues.map(issueText)));
  const target = await findTarget(engine, about);
  if (target.isErr()) return err(target.error);
  if (target.value.kind !== operation.on)
    return err(unsupportedHere(about, 'the operation is for another kind of target'));
  const platform = await platformOf(engine, asking, operation, target.value, performRead);
  return platform.map((known) => ({ operation, target: target.value, input: parsed.data, platform: known, about }));
}

/** The target by id. Err kinds: `unknown_target`, `refused` (`inventory_unavailable`). */
export async function findTarget({ inventory }: Engine, about: About): Promise<Result<Target, Refusal>> {
  const found = await inventory.target(about.target);
  if (found.isErr()) return err(refused(about, 'inventory_unavailable', found.error));
  return found.value ? ok(found.value) : err(unknownTarget(about));
}

/** The bytes. Err kinds: `unsupported`. */
export function actionOf({ operation, input, platform, about }: Prepared, before?: JsonValue): Result<Action, Refusal> {
  const action = operation.action(input, platform, before);
  return action.kind === 'unsupported' ? err(unsupportedHere(about, action.reason)) : ok(action);
}

const issueText = (issue: { readonly path: readonly PropertyKey[]; readonly message: string }): string =>
  issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;

async function platformOf(
  engine: Engine,
  asking: Asking,
  operation: Operation,
  target: Target,
  performRead: PerformRead,
): Promise<Result<Platform, Refusal>> {
  const about = { operation: operation.name, target: target.id };
  const missing = (known: Partial<Platform>) => operation.needs.find((fact) => known[fact] === undefined);
  let known = target.platform;
  if (missing(known) === undefined) return ok(known as Platform);
  const recorded = await recordedPlatform(engine, target);
  if (recorded.isErr()) return err(evidenceUnavailable(about, recorded.error));
  known = { ...recorded.value, ...known };
  if (missing(known) !== undefined && engine.platformFrom !== undefined) {
    const probe = await engine.operations[engine.platformFrom]?.();
    if (probe?.class !== 'read') return err(refused(about, 'defect'));
    const read = await performRead(asking, probe as ReadOperation, target.id, {});
    if (read.isErr()) return err(read.error);
    const observed = probe.facts?.(read.value.output, {}) ?? [];
    known = { ...platformFacts(observed), ...target.platform };
  }
  return missing(known) === undefined
    ? ok(known as Platform)
    : err(unsupportedHere(about, `the target does not tell its ${missing(known)}`));
}

const recordedPlatform = ({ ledger }: Engine, target: Target) =>
  readFacts(ledger, target.id).map((facts) => platformFacts(Object.values(facts)));

const PLATFORM_FACTS: readonly PlatformFact[] = ['os', 'init', 'packages', 'userland'];

function platformFacts(facts: readonly { readonly name: string; readonly value: unknown }[]): Partial<Platform> {
  const found = PLATFORM_FACTS.flatMap((fact) => {
    const value = facts.find(({ name }) => name === `platform.${fact}`)?.value;
    return typeof value === 'string' ? [[fact, value]] : [];
  });
  return Object.fromEntries(found) as Partial<Platform>;
}
