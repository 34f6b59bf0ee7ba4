/** Answers what is in the inventory, as it is configured and last seen. Touches no server. */

import { defineWorkflow, type Target } from '@meshclaw/core';
import { z } from 'zod';
import { type LastKnown, lastKnown } from '../_target/last-known.js';

const Entry = z.strictObject({
  id: z.string(),
  kind: z.enum(['server', 'provider', 'controller']),
  /** Executors that can reach it, in order of preference. */
  reachedBy: z.array(z.string()),
  tags: z.array(z.string()),
  role: z.string().nullable(),
  environment: z.string().nullable(),
  criticality: z.string().nullable(),
  /** The newest recorded fact; `null` when nothing has been recorded. Says nothing about now. */
  lastKnown: z.strictObject({ observedAt: z.iso.datetime(), ageSeconds: z.int().nonnegative() }).nullable(),
});

/** Lists the inventory, or the entries that carry a tag. */
export const list = defineWorkflow({
  id: 'list',
  title: 'List the inventory',
  description:
    'Lists the servers and providers of the inventory: how each is reached, its tags, role, environment and criticality, and how old the last recorded fact is. Touches no server; for live state use status.',
  phase: 'observe',
  uses: [],
  positionals: ['tag'],
  example: 'list',
  input: z.strictObject({ tag: z.string().min(1).max(128).optional().describe('only entries that carry this tag') }),
  data: z.strictObject({ targets: z.array(Entry) }),
  run: async ({ tag }, context) => {
    const inventory = await context.inventory();
    const wanted = inventory.unwrapOr([]).filter((target) => tag === undefined || tagsOf(target).includes(tag));
    const targets = await context.each(wanted, async (target) => {
      const facts = await context.facts(target.id);
      return entryOf(target, facts.isOk() ? lastKnown(facts.value, context.now()) : null);
    });
    return { data: { targets: [...targets] } };
  },
});

function entryOf(target: Target, last: LastKnown | null): z.output<typeof Entry> {
  const text = (name: string) => {
    const value = target.properties[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    id: target.id,
    kind: target.kind,
    reachedBy: target.reach.map(({ executor }) => executor),
    tags: tagsOf(target),
    role: text('role'),
    environment: text('environment'),
    criticality: text('criticality'),
    lastKnown: last,
  };
}

function tagsOf({ properties }: Target): string[] {
  const { tags } = properties;
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
}
