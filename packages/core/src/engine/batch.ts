/** Several reads of one target in one round trip. Each is decided and recorded on its own, as if it had come alone. */

import { err, type Result } from 'neverthrow';
import type { Operation } from '../operation.js';
import type { Refusal } from '../refusal.js';
import type { Performed, PerformOptions } from '../workflow.js';
import { type Asking, type Engine, newId, withOptions } from './engine.js';
import { fanOut } from './fan-out.js';
import { isAllowedRead, judge, perform, performRead } from './perform.js';
import { actionOf, prepare } from './prepare.js';
import { read } from './read.js';
import { decisionMade } from './records.js';
import { refused } from './refuse.js';
import { type ReadyRead, readTogether } from './round-trip.js';

export interface WantedRead {
  readonly operation: Operation;
  readonly input: unknown;
  readonly options?: PerformOptions;
}
type Answer = Result<Performed<unknown>, Refusal>;
/** A read that may take longer would hold up the others of its round trip. */
const QUICK_MS = 30_000;

/** Performs reads of one target; answers in their order, one failure stops nobody else. Err kinds: every `Refusal`. */
export async function performReads(
  engine: Engine,
  asking: Asking,
  target: string,
  wanted: readonly WantedRead[],
): Promise<readonly Answer[]> {
  const answers = new Map<number, Answer>();
  const together: ReadyRead[] = [];
  const alone: (() => Promise<void>)[] = [];
  // One after the other: what the first learns about the platform spares the others from asking.
  for (const [place, one] of wanted.entries()) {
    const ready = await getReady(engine, asking, target, one, place);
    if ('alone' in ready) alone.push(async () => void answers.set(place, await ready.alone()));
    else if ('refusal' in ready) answers.set(place, err(ready.refusal));
    else together.push(ready);
  }
  const [only, ...more] = together;
  const batch = async () => {
    for (const [place, answer] of await readTogether(engine, asking, together)) answers.set(place, answer);
  };
  if (only && more.length === 0) {
    const { place, prepared, action, decided } = only;
    alone.push(async () => void answers.set(place, await read(engine, asking, prepared, action, decided)));
  }
  await fanOut(more.length > 0 ? [batch, ...alone] : alone, (run) => run());
  return wanted.map(
    ({ operation }, place) => answers.get(place) ?? err(refused({ operation: operation.name, target }, 'defect')),
  );
}

type Prepare = ReadyRead | { readonly refusal: Refusal } | { readonly alone: () => Promise<Answer> };

async function getReady(
  engine: Engine,
  asking: Asking,
  target: string,
  { operation, input, options = {} }: WantedRead,
  place: number,
): Promise<Prepare> {
  const its = withOptions(asking, options);
  const alone = () => perform(engine, its, operation, target, input);
  const own = options.signal !== undefined || options.timeoutMs !== undefined;
  if (own || operation.via !== 'command' || operation.limits.timeoutMs > QUICK_MS) return { alone };
  try {
    const prepared = await prepare(engine, its, operation, target, input, performRead(engine));
    if (prepared.isErr()) return { refusal: prepared.error };
    const judged = await judge(engine, its, prepared.value);
    if (judged.isErr()) return { refusal: judged.error };
    const { decided } = judged.value;
    if (!isAllowedRead(operation, decided)) return { alone };
    const action = actionOf(prepared.value);
    if (action.isErr()) return { refusal: action.error };
    const policy = decided.decision.policyDigest;
    const scope = { asking: its, ...prepared.value.about, policy, execution: newId('exec') };
    const decision = decisionMade(engine, scope, decided);
    return { place, prepared: prepared.value, action: action.value, decided, scope, decision };
  } catch (cause) {
    return { refusal: refused({ operation: operation.name, target }, 'defect', cause) };
  }
}
