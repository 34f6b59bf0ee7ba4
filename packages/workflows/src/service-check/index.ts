/** Answers how one service is, by its properties and what it has logged since its last start. Changes nothing. */

import { defineWorkflow, type ObserveContext, type Performed } from '@meshclaw/core';
import { z } from 'zod';
import { ServerId, SystemdService, SystemdUnit } from '../inputs.js';
import { type Journal, logJournal } from '../operations/log.js';
import { serviceList, serviceRestart, serviceUnit, type Unit } from '../operations/service.js';
import { journalFindings } from './journal-findings.js';
import { mayHelpToRestart, unitFindings } from './unit-findings.js';

const Log = logJournal.output.shape;
const data = z.strictObject({
  /** `null` where it could not be read. A unit that does not exist has `load` `not_found`. */
  unit: serviceUnit.output.nullable(),
  /** Of its last start alone. `null` where it has not been started since the server was, or the journal could not be asked. */
  journal: z
    .strictObject({
      /** Whose rights it was read with. */
      readAs: z.enum(['root', 'login']),
      since: z.iso.datetime(),
      answer: Log.answer,
      entries: Log.entries,
      more: Log.more,
      cut: Log.cut,
      unread: Log.unread,
    })
    .nullable(),
});
type Uses = typeof serviceUnit | typeof logJournal;
interface Read {
  readonly readAs: 'root' | 'login';
  readonly performed: Performed<Journal>;
}

/** Reads the state of one unit and its log since it was last started. */
export const serviceCheck = defineWorkflow({
  id: 'service-check',
  title: 'Check a service',
  description:
    'Reads one systemd unit by its properties (whether it exists, runs, is enabled, why it last ended, how often it was started again, its files) and what it has logged since its last start. What it logged before does not count. A unit that does not exist is a finding. Changes nothing.',
  phase: 'observe',
  uses: [serviceUnit, logJournal],
  positionals: ['server', 'service'],
  example: 'service-check web1 nginx',
  input: z.strictObject({
    server: ServerId,
    service: SystemdUnit,
    lines: z.int().min(1).max(1000).default(100).describe('how many entries of its log; the newest'),
  }),
  data,
  run: async ({ server, service, lines }, context) => {
    const read = await context.perform(serviceUnit, server, { unit: service });
    if (read.isErr()) return { data: { unit: null, journal: null } };
    const { output: unit, evidence } = read.value;
    const log = unit.startedAt === null ? undefined : await readLog(context, server, unit, unit.startedAt, lines);
    const journal = log && unit.startedAt ? journalOf(log, unit, unit.startedAt) : null;
    const findings = [
      ...unitFindings(unit, { target: server, evidence }),
      ...(log && journal
        ? journalFindings({ ...journal, unit: unit.unit }, { target: server, evidence: log.performed.evidence })
        : []),
    ];
    return { data: { unit, journal }, findings, next: await suggestions(context, server, unit, journal) };
  },
});

/** As root, who sees everything; where that is not to be had, as the login. */
async function readLog(
  context: ObserveContext<Uses>,
  server: string,
  { unit }: Unit,
  since: string,
  lines: number,
): Promise<Read | undefined> {
  const wanted = { unit, since, lines };
  const expects = ['failed', 'not_sent'] as const;
  const asRoot = await context.perform(logJournal, server, { ...wanted, as: 'root' }, { expects });
  if (asRoot.isOk()) return { readAs: 'root', performed: asRoot.value };
  const asLogin = await context.perform(logJournal, server, { ...wanted, as: 'login' });
  return asLogin.isOk() ? { readAs: 'login', performed: asLogin.value } : undefined;
}

/** Times are to the second, so an earlier run may reach into it: what is told is of this run alone. */
function journalOf({ readAs, performed }: Read, { invocation }: Unit, since: string) {
  const { answer, entries, more, cut, unread } = performed.output;
  const own = ofThisRun(entries, invocation);
  const nothing = answer === 'entries' && own.length === 0;
  return { readAs, since, answer: nothing ? ('no_entries' as const) : answer, entries: own, more, cut, unread };
}

/**
 * An entry of a process that was gone before journald looked at it does not say which run it is of. It is of an earlier one
 * when an entry that is follows it, before anything of this run.
 */
function ofThisRun(entries: Journal['entries'], run: string | null): Journal['entries'] {
  const first = entries.findIndex((entry) => run !== null && entry.invocation === run);
  const before = first === -1 ? entries : entries.slice(0, first);
  const earlier = before.findLastIndex((entry) => entry.invocation !== null);
  return entries.filter((entry, place) => entry.invocation === run || (entry.invocation === null && place > earlier));
}

type Suggest = Pick<ObserveContext<Uses>, 'suggest'>;

/** Only names that fit the inputs: what a server says is never part of a step unread. */
async function suggestions(
  { suggest }: Suggest,
  server: string,
  unit: Unit,
  journal: z.output<typeof data>['journal'],
) {
  const first = journal?.entries[0];
  const service = SystemdService.safeParse(unit.unit);
  const missing = unit.load === 'not_found' && (unit.active === 'inactive' || unit.active === 'failed');
  return Promise.all([
    ...(missing ? [suggest(serviceList, server, {}, 'see which services there are')] : []),
    ...(service.success && mayHelpToRestart(unit)
      ? [suggest(serviceRestart, server, { unit: service.data }, 'it is to run and does not')]
      : []),
    ...(journal?.more && first && service.success
      ? [
          suggest(
            logJournal,
            server,
            { unit: service.data, since: journal.since, until: first.at, as: journal.readAs },
            'what it logged earlier in this run',
          ),
        ]
      : []),
  ]);
}
