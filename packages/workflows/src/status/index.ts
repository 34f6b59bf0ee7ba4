/** Answers how servers are doing now. A server that cannot be reached or read is never called healthy. */

import { defineWorkflow, type Finding, type Performed, type Refusal, type Target } from '@meshclaw/core';
import type { Result } from 'neverthrow';
import { z } from 'zod';
import { fillingDisks, lowMemory } from '../_findings/filling.js';
import { lastKnown } from '../_target/last-known.js';
import { ServerId } from '../inputs.js';
import { diskUsage, isStorage, type Mount } from '../operations/disk.js';
import { type HostFacts, hostFacts, memoryUsedPercent } from '../operations/host.js';
import { unreached } from './unreached.js';
import { unsettledFinding } from './unsettled.js';

const Percent = z.number().min(0).max(100);
const Server = z.strictObject({
  id: z.string(),
  /** `unknown`: it was not asked, or what it answered could not be read. */
  state: z.enum(['up', 'unreachable', 'unknown']),
  /** When it was asked; `null` where it did not answer. */
  observedAt: z.iso.datetime().nullable(),
  system: z.string().nullable(),
  uptimeSeconds: z.int().nonnegative().nullable(),
  cpus: z.int().positive().nullable(),
  loadOneMinute: z.number().nonnegative().nullable(),
  memoryUsedPercent: Percent.nullable(),
  /** Filesystems that can fill up; `null` where they could not be read. */
  disks: z
    .array(z.strictObject({ mount: z.string(), usedPercent: Percent.nullable(), availableKib: z.int() }))
    .nullable(),
  /** The newest recorded fact of a server that did not answer now. */
  lastKnown: z.strictObject({ observedAt: z.iso.datetime(), ageSeconds: z.int().nonnegative() }).nullable(),
});

type Read<O> = Result<Performed<O>, Refusal>;

/** Asks one server, or every server of the inventory, how it is. */
export const status = defineWorkflow({
  id: 'status',
  title: 'Show how servers are doing',
  description:
    'Asks one server, or all of them at once, for uptime, load, memory and disks, and says what is filling up. A server that does not answer is a finding with the age of what was last known; so is a change of which nobody knows whether it was done. Changes nothing.',
  phase: 'observe',
  uses: [hostFacts, diskUsage],
  positionals: ['server'],
  example: 'status web1',
  input: z.strictObject({ server: ServerId.optional().describe('one server; all of them when it is left out') }),
  data: z.strictObject({ servers: z.array(Server) }),
  run: async ({ server }, context) => {
    const inventory = (await context.inventory()).unwrapOr([]);
    const known = inventory.find(({ id }) => id === server);
    const ids = server === undefined ? inventory.filter(({ kind }) => kind === 'server').map(({ id }) => id) : [server];
    const answers = await context.each(ids, async (id) => {
      context.note(`asking ${id}`);
      const { host, disks } = await context.performAll(id, {
        host: [hostFacts, {}, { expects: ['not_sent'] }],
        disks: [diskUsage, {}, { expects: ['not_sent'] }],
      });
      const last = host.isErr() && disks.isErr() ? await context.facts(id) : undefined;
      const target = known ?? inventory.find((one) => one.id === id);
      return answerOf(id, target, host, disks, last?.isOk() ? lastKnown(last.value, context.now()) : null);
    });
    const unsettled = (await context.unsettled()).unwrapOr([]).filter(({ target }) => ids.includes(target));
    return {
      data: { servers: answers.map((one) => one.server) },
      findings: [...answers.flatMap((one) => one.findings), ...unsettled.flatMap(unsettledFinding)],
    };
  },
});

function answerOf(
  id: string,
  target: Target | undefined,
  host: Read<HostFacts>,
  disks: Read<{ readonly mounts: readonly Mount[] }>,
  last: z.output<typeof Server>['lastKnown'],
): { readonly server: z.output<typeof Server>; readonly findings: readonly Finding[] } {
  const failure = host.isErr() && disks.isErr() ? host.error : undefined;
  const facts = host.isOk() ? host.value.output : null;
  const mounts = disks.isOk() ? disks.value.output.mounts : null;
  const server = {
    id,
    state: failure === undefined ? 'up' : isSilent(failure) ? 'unreachable' : 'unknown',
    observedAt: host.isOk() ? host.value.observedAt : disks.isOk() ? disks.value.observedAt : null,
    ...hostLine(facts),
    disks: mounts && diskLines(mounts),
    lastKnown: last,
  } as const;
  const findings = [
    ...unreached(
      id,
      target,
      [host, disks].flatMap((read) => (read.isErr() ? [read.error] : [])),
    ),
    ...(host.isOk() ? lowMemory(host.value.output, { target: id, evidence: host.value.evidence }) : []),
    ...(disks.isOk() ? fillingDisks(disks.value.output.mounts, { target: id, evidence: disks.value.evidence }) : []),
  ];
  return { server, findings };
}

/** It was asked and did not answer; one that was not asked is not known to be gone. */
const isSilent = (refusal: Refusal): boolean =>
  refusal.kind === 'not_sent' && (refusal.error.kind === 'unreachable' || refusal.error.kind === 'timed_out');

const hostLine = (host: HostFacts | null) => ({
  system: host && (host.distribution?.title ?? `${host.os} ${host.kernel}`),
  uptimeSeconds: host?.uptimeSeconds ?? null,
  cpus: host?.cpus ?? null,
  loadOneMinute: host?.load.one ?? null,
  memoryUsedPercent: host && memoryUsedPercent(host),
});

const diskLines = (mounts: readonly Mount[]) =>
  mounts.filter(isStorage).map(({ mount, usedPercent, availableKib }) => ({ mount, usedPercent, availableKib }));
