/** The machine's own system: what it is and how it is doing. Reads only; needs no rights. */

import { defineRead, type FactValue, script } from '@meshclaw/core';
import { z } from 'zod';
import { HOST_SCRIPT } from './_host/host-script.js';
import { parseHost } from './_host/parse-host.js';
import { parseReachability, REACHABILITY_SCRIPT } from './_host/reachability.js';
import { percentOf, wholeText } from './_text/read-text.js';

const Kib = z.int().nonnegative();
const output = z.strictObject({
  hostname: z.string().min(1),
  os: z.enum(['linux', 'darwin', 'freebsd']),
  kernel: z.string().min(1),
  /** As in os-release(5): `id` is lower case (`debian`), `title` is for people. `null` where the system does not say. */
  distribution: z.strictObject({ id: z.string(), version: z.string().nullable(), title: z.string() }).nullable(),
  architecture: z.string().min(1),
  cpus: z.int().positive(),
  /** `limitKib` is the control group's, which is what a container really has; `null` without one. */
  memory: z.strictObject({ totalKib: Kib, availableKib: Kib.nullable(), limitKib: Kib.nullable() }),
  swap: z.strictObject({ totalKib: Kib, freeKib: Kib }).nullable(),
  /** Runnable processes on average over one, five and fifteen minutes. */
  load: z.strictObject({ one: z.number(), five: z.number(), fifteen: z.number() }),
  uptimeSeconds: z.int().nonnegative(),
  bootId: z.string().nullable(),
  init: z.enum(['systemd', 'openrc', 'launchd', 'none']),
  packages: z.enum(['apt', 'apk', 'dnf', 'pacman', 'opkg', 'none']),
  /** Whose `stat`, `find` and `df`; `null` where they are none of these. */
  userland: z.enum(['gnu', 'busybox', 'bsd']).nullable(),
});
/** What `host.facts` answers. */
export type HostFacts = z.output<typeof output>;

/** Answers what a machine is and how it is doing, in one round trip. Also where the platform facts come from. */
export const hostFacts = defineRead({
  name: 'host.facts',
  title: 'Read the facts of a host',
  description:
    'Answers name, system, architecture, processors, memory, swap, load, uptime, boot id, init system, package manager and kind of tools of a server. Fast, changes nothing, needs no rights.',
  on: 'server',
  via: 'command',
  limits: { timeoutMs: 15_000, maxOutputBytes: 65_536 },
  input: z.strictObject({}),
  output,
  action: () => script(HOST_SCRIPT, []),
  parse: (outcome) => wholeText(outcome.stdout).andThen(parseHost),
  facts,
});

/** Answers who is there and how long a trivial command takes. A server that does not answer is a refusal, not an answer. */
export const hostReachability = defineRead({
  name: 'host.reachability',
  title: 'See whether a host answers',
  description:
    'Runs a trivial command on a server and answers the name it gives itself, the account it was run with and how long it took. Changes nothing, needs no rights.',
  on: 'server',
  via: 'command',
  limits: { timeoutMs: 15_000, maxOutputBytes: 4_096 },
  input: z.strictObject({}),
  output: z.strictObject({
    hostname: z.string().min(1),
    /** `name` is `null` for an account without one. */
    account: z.strictObject({ uid: z.int().nonnegative(), name: z.string().min(1).nullable() }),
    /** From sending the command to its last byte, as the executor measured it; opening the connection is not in it. */
    roundTripMs: z.number().nonnegative(),
  }),
  action: () => script(REACHABILITY_SCRIPT, []),
  parse: ({ stdout, durationMs }) =>
    wholeText(stdout)
      .andThen(parseReachability)
      .map((who) => ({ ...who, roundTripMs: durationMs })),
  facts: ({ hostname, roundTripMs }) => [
    { name: 'host.name', value: hostname },
    { name: 'host.round_trip', value: roundTripMs, unit: 'ms' },
  ],
});

function facts(host: HostFacts): readonly FactValue[] {
  const { memory, swap, load } = host;
  const value = (name: string, fact: FactValue['value'] | null, unit?: string): readonly FactValue[] =>
    fact === null ? [] : [{ name, value: fact, ...(unit === undefined ? {} : { unit }) }];
  return [
    ...value('platform.os', host.os),
    ...value('platform.init', host.init),
    ...value('platform.packages', host.packages),
    ...value('platform.userland', host.userland),
    ...value('host.name', host.hostname),
    ...value('host.kernel', host.kernel),
    ...value('host.architecture', host.architecture),
    ...value('host.distribution', host.distribution?.id ?? null),
    ...value('host.boot_id', host.bootId),
    ...value('host.uptime', host.uptimeSeconds, 's'),
    ...value('cpu.count', host.cpus),
    ...value('load.one_minute', load.one),
    ...value('load.five_minutes', load.five),
    ...value('load.fifteen_minutes', load.fifteen),
    ...value('memory.total', memory.totalKib, 'KiB'),
    ...value('memory.available', memory.availableKib, 'KiB'),
    ...value('memory.used_percent', memoryUsedPercent(host), 'percent'),
    ...value('swap.used_percent', swap && percentOf(swap.totalKib - swap.freeKib, swap.totalKib), 'percent'),
  ];
}

/** Memory that is not available, of all memory; `null` where the system does not say what is available. */
export const memoryUsedPercent = ({ memory }: Pick<HostFacts, 'memory'>): number | null =>
  memory.availableKib === null ? null : percentOf(memory.totalKib - memory.availableKib, memory.totalKib);
