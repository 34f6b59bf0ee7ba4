/** What a decision is made on, folded from the ledger: freeze, recent executions, fresh facts. */

import { ok, type ResultAsync, safeTry } from 'neverthrow';
import { z } from 'zod';
import type { Fact } from '../facts.js';
import type { JsonValue } from '../json.js';
import type { Ledger, LedgerError, StoredRecord } from '../ledger.js';
import type { Engine } from './engine.js';

export interface State {
  /** The ledger's size before the rest was read: an append that must not be overtaken says `from` here. */
  readonly from: number;
  readonly freeze: boolean;
  readonly recent: Readonly<Record<string, number>>;
  readonly facts: Readonly<Record<string, { readonly value: JsonValue; readonly ageSeconds: number }>>;
}

/** An older fact is unknown to policy. */
const FRESH_SECONDS = 15 * 60;
const RECENT_MS = 3_600_000;
/** Observations that are looked at; each holds all facts of one read. */
const OBSERVATIONS = 50;

/** Reads the state for one operation on one target. Err kinds: `unavailable`. */
export function readState(engine: Engine, target: string, operation: string): ResultAsync<State, LedgerError> {
  const { ledger, clock } = engine;
  return safeTry(async function* () {
    const from = yield* ledger.size(); // first: what is stored after it was read may not be missed
    const [freeze] = yield* ledger.find({ types: ['freeze.set', 'freeze.cleared'], order: 'newest_first', limit: 1 });
    const now = clock.now();
    const since = new Date(Date.parse(now) - RECENT_MS).toISOString();
    const recent = yield* ledger.count({ types: ['execution.intended'], target, operation, since });
    const facts = yield* readFacts(ledger, target);
    return ok({
      from,
      freeze: freeze?.type === 'freeze.set',
      recent: { [operation]: recent },
      facts: fresh(facts, now),
    });
  });
}

/** The newest value of each fact of a target, whatever its age. Err kinds: `unavailable`. */
export function readFacts(ledger: Ledger, target: string): ResultAsync<Readonly<Record<string, Fact>>, LedgerError> {
  return ledger
    .find({ types: ['observation.recorded'], target, order: 'newest_first', limit: OBSERVATIONS })
    .map((records) => foldFacts(target, records));
}

const observation = z.object({
  facts: z.array(z.object({ name: z.string(), value: z.json(), unit: z.string().optional() })),
});

/** Folds observation records, newest first. Pure. */
export function foldFacts(target: string, records: readonly StoredRecord[]): Readonly<Record<string, Fact>> {
  const facts: Record<string, Fact> = {};
  for (const record of records) {
    const body = observation.safeParse(record.body);
    for (const { unit, ...fact } of body.success ? body.data.facts : []) {
      const seen = { ...fact, value: fact.value as JsonValue, ...(unit === undefined ? {} : { unit }) };
      if (!Object.hasOwn(facts, fact.name))
        facts[fact.name] = { ...seen, target, observedAt: record.recordedAt, source: record.index };
    }
  }
  return facts;
}

function fresh(facts: Readonly<Record<string, Fact>>, now: string): State['facts'] {
  const aged = Object.values(facts).map((fact) => {
    const ageSeconds = Math.round((Date.parse(now) - Date.parse(fact.observedAt)) / 1_000);
    return [fact.name, { value: fact.value, ageSeconds }] as const;
  });
  // A fact from the future is as unknown as an old one.
  return Object.fromEntries(aged.filter(([, { ageSeconds }]) => ageSeconds >= 0 && ageSeconds <= FRESH_SECONDS));
}
