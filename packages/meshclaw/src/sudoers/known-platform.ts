/** What the ledger knows of a server's platform, whatever its age: a system does not change its init by getting old. */

import type { Ledger, LedgerError, Platform, PlatformFact } from '@meshclaw/core';
import type { Result } from 'neverthrow';

/** Observations that are looked at; the engine itself looks at as many. */
const OBSERVATIONS = 50;
const FACTS: readonly PlatformFact[] = ['os', 'init', 'packages', 'userland'];

/** The newest platform facts of a server; what nobody has seen is left out. Err kinds: `unavailable`. */
export async function knownPlatform(ledger: Ledger, target: string): Promise<Result<Partial<Platform>, LedgerError>> {
  const found = await ledger.find({
    types: ['observation.recorded'],
    target,
    order: 'newest_first',
    limit: OBSERVATIONS,
  });
  return found.map((records) => {
    const facts = records.flatMap(({ body }) => factsIn(body));
    const known = FACTS.flatMap((name) => {
      const value = facts.find((fact) => fact.name === `platform.${name}`)?.value;
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    return Object.fromEntries(known) as Partial<Platform>;
  });
}

function factsIn(body: unknown): readonly { readonly name?: unknown; readonly value?: unknown }[] {
  const facts = (body as { readonly facts?: unknown } | null)?.facts;
  return Array.isArray(facts) ? facts.filter((fact) => typeof fact === 'object' && fact !== null) : [];
}
