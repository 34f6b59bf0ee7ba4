/** The bounds of a grant, as a command line gives them: every one of them, each known here. */

import { type ApprovalDemands, type Bounds, parseBounds } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { Arguments, OptionSpec } from '../cli/command.js';
import type { HomeError, UsageError } from '../errors.js';
import { executorLoaders, operationCatalogue } from '../wire.js';
import type { Home } from './home.js';
import { loadTargets } from './inventory.js';

/** How they are given. Nothing has a default but the number of signers and the method, which policy may raise. */
export const BOUND_OPTIONS: readonly OptionSpec[] = [
  { name: 'for', value: 'subject', description: 'bounded grant: whose uses, as agent:codex' },
  { name: 'operation', value: 'name', description: 'bounded grant: what may be done; repeatable', repeatable: true },
  { name: 'server', value: 'name', description: 'bounded grant: where; repeatable, no patterns', repeatable: true },
  { name: 'count', value: 'n', description: 'bounded grant: how often in all, at most 50' },
  { name: 'minutes', value: 'n', description: 'bounded grant: for how long, at most 1440' },
  { name: 'signers', value: '1|2', description: 'bounded grant: how many approvers have to sign' },
  { name: 'method', value: 'how', description: 'bounded grant: signature, or presence for touched security keys' },
];

export interface WantedBounds {
  readonly bounds: Omit<Bounds, 'v'>;
  readonly demands: ApprovalDemands;
}

/** Reads and checks them. Err kinds: `meshclaw.usage`, every `HomeError`. */
export async function boundsFrom(args: Arguments, home: Home): Promise<Result<WantedBounds, UsageError | HomeError>> {
  const [, type = '', id = ''] = /^([a-z]+):(.+)$/.exec(args.optional('for') ?? '') ?? [];
  const bounds = parseBounds({
    v: 1,
    subject: { type, id },
    operations: args.list('operation'),
    targets: args.list('server'),
    uses: numberOf(args.optional('count')),
    minutes: numberOf(args.optional('minutes')),
  });
  if (!bounds) {
    const detail = '--for <type>:<id> --operation <name> --server <name> --count <1 to 50> --minutes <1 to 1440>';
    return err(usage('a bounded grant names every bound', detail));
  }
  const demands = demandsFrom(args);
  if (demands.isErr()) return err(demands.error);
  const unknown = await unknownIn(bounds, home);
  return unknown.map(() => ({ bounds, demands: demands.value }));
}

const numberOf = (text: string | undefined): number => (/^[0-9]{1,4}$/.test(text ?? '') ? Number(text) : Number.NaN);

function demandsFrom(args: Arguments): Result<ApprovalDemands, UsageError> {
  const signers = args.optional('signers') ?? '1';
  const minimum = args.optional('method') ?? 'signature';
  if (signers !== '1' && signers !== '2') return err(usage('--signers is 1 or 2', signers));
  if (minimum !== 'signature' && minimum !== 'presence')
    return err(usage('--method is signature or presence', minimum));
  return ok({ minimum, signers: signers === '1' ? 1 : 2 });
}

/** A name that means nothing here would be a grant that somebody fills in later. */
async function unknownIn({ operations, targets }: Bounds, home: Home): Promise<Result<void, UsageError | HomeError>> {
  const catalogue = await operationCatalogue();
  for (const name of operations) {
    const operation = Object.hasOwn(catalogue, name) ? await catalogue[name]?.() : undefined;
    if (!operation) return err(usage('there is no operation of this name', name));
    if (operation.class === 'judged') return err(usage('words are judged one by one, and never granted ahead', name));
    if (operation.class === 'read') return err(usage('a read needs no grant', name));
  }
  const known = await loadTargets(home, await executorLoaders());
  if (known.isErr()) return err(known.error);
  const missing = targets.find((target) => !known.value.some(({ id }) => id === target));
  return missing === undefined ? ok(undefined) : err(usage('the inventory has no such server', missing));
}

const usage = (message: string, detail: string): UsageError => ({ kind: 'meshclaw.usage', message, detail });
