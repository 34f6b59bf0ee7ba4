/** Guarantees that are tried by asking the policy. */

import { type DecisionRequest, EFFECTS, SUBJECT_TYPES } from '@meshclaw/core';
import { sampleRequests } from '../compare/sample-requests.js';
import {
  atLeast,
  type Configuration,
  classQuestion,
  commands,
  type Guarantee,
  listed,
  operationsOf,
  request,
  summed,
} from './guarantee.js';

type Requests = (configuration: Configuration) => readonly DecisionRequest[];

const denies = (id: string, title: string, requests: Requests): Guarantee => ({
  id,
  title,
  try: (configuration) => atLeast(configuration.policy, 'deny', requests(configuration)),
});
const asks = (id: string, title: string, requests: Requests): Guarantee => ({
  id,
  title,
  try: (configuration) => atLeast(configuration.policy, 'approval_required', requests(configuration)),
});

const CHANGES = ['write', 'destructive', 'spend', 'secret'] as const;
const DISKS = [
  'mkfs.ext4 /dev/sda',
  'dd if=/dev/zero of=/dev/sda',
  'rm -rf /',
  'rm -rf /etc',
  'wipefs -a /dev/nvme0n1',
];
const SELF = ['meshclaw approvals grant appr-1', 'meshclaw approvers add me key.pub', 'meshclaw unfreeze'];

/** Changes of the catalogue and the questions about their classes, by every kind of subject. */
const everyChange = ({ input }: Configuration, part: Parameters<typeof request>[2]): readonly DecisionRequest[] =>
  SUBJECT_TYPES.flatMap((subject) => [
    ...operationsOf(input.compile.operations, (of) => of !== 'read').map(({ name, of }) =>
      request(name, of, { ...part, subject, ...(of === 'judged' ? { argv: ['touch', '/srv/a'] } : {}) }),
    ),
    ...CHANGES.map((of) => classQuestion(of, { ...part, subject })),
  ]);

const everyOf =
  (wanted: (typeof CHANGES)[number]): Requests =>
  ({ input }) =>
    SUBJECT_TYPES.flatMap((subject) => [
      classQuestion(wanted, { subject }),
      ...operationsOf(input.compile.operations, (of) => of === wanted).map(({ name, of }) =>
        request(name, of, { subject }),
      ),
    ]);

/** The operation that writes file modes, where the catalogue has it. */
const chmods = ({ input }: Configuration, paths: readonly string[], mode = '0600'): readonly DecisionRequest[] =>
  operationsOf(input.compile.operations, (of) => of === 'write')
    .filter(({ name }) => name === 'file.chmod')
    .flatMap(({ name, of }) => paths.map((path) => request(name, of, { properties: { path, mode } })));

/** A path that holds a part of one: `/.ssh/id_` is in `/root/.ssh/id_x`. */
const pathWith = (part: string): string => (/^\/(etc|proc|sys|var|root|home)\//.test(part) ? part : `/root${part}`);

const argvs = (lines: readonly string[]): readonly (readonly string[])[] => lines.map((line) => line.split(' '));

/** A request that differs from a good one in one way that makes it none. */
function malformed({ input }: Configuration): readonly (readonly [name: string, value: unknown])[] {
  const good = request(Object.keys(input.compile.operations)[0] ?? 'class.read', 'read');
  const deep = Array.from({ length: 200 }).reduce<unknown>((inside) => ({ inside }), 1);
  const withInput = (properties: unknown) => ({ ...good, action: { ...good.action, properties } });
  return [
    ['nothing', undefined],
    ['an empty request', {}],
    ['half a character', withInput({ path: 'lone \ud800' })],
    ['a number that is none', withInput({ count: Number.NaN })],
    ['deep nesting', withInput(deep)],
    ['half a megabyte', withInput({ text: 'x'.repeat(512 * 1024) })],
    ['no class', { ...good, action: { name: good.action.name, properties: {} } }],
    ['an unknown class', { ...good, action: { ...good.action, class: 'harmless' } }],
    ['no time', { ...good, context: { ...good.context, now: 'today' } }],
    ['no freeze', { ...good, context: { ...good.context, freeze: undefined } }],
  ];
}

const malformedDenied: Guarantee = {
  id: 'malformed_requests_are_denied',
  title: 'What is no request is denied, and the next request is answered as before',
  try: async (configuration) => {
    const { policy } = configuration;
    const tries = await Promise.all(
      malformed(configuration).map(async ([name, value]) => {
        const { effect, reasons } = await policy.decide(value as DecisionRequest);
        const good =
          effect === 'deny' &&
          reasons.some(({ rule }) => rule === 'policy.invalid_request' || rule === 'authz.unmatched');
        return good ? undefined : `${name}: ${effect}`;
      }),
    );
    return summed(tries);
  },
};

const sameAnswer: Guarantee = {
  id: 'the_same_request_has_the_same_answer',
  title: 'A request asked twice has the same effect, reasons, obligations and digest',
  try: async ({ policy, input }) => {
    const tries: (string | undefined)[] = [];
    for (const one of sampleRequests(input.compile.operations)) {
      const [first, second] = [await policy.decide(one), await policy.decide(one)].map((decision) =>
        JSON.stringify({ ...decision, durationMs: 0 }),
      );
      tries.push(first === second ? undefined : one.requestId);
    }
    return summed(tries);
  },
};

const humansNotMilder: Guarantee = {
  id: 'nobody_is_milder_by_type',
  title:
    'Nothing is answered more mildly because the subject says it is a human, a schedule or CI: only a signature is',
  try: async ({ policy, input }) => {
    const tries: (string | undefined)[] = [];
    for (const one of sampleRequests(input.compile.operations).filter(({ subject }) => subject.type !== 'agent')) {
      const agent = await policy.decide({ ...one, subject: { ...one.subject, type: 'agent' } });
      const { effect } = await policy.decide(one);
      const milder = EFFECTS.indexOf(effect) < EFFECTS.indexOf(agent.effect);
      tries.push(milder ? `${one.requestId}: ${effect}, an agent ${agent.effect}` : undefined);
    }
    return summed(tries);
  },
};

const approvalsHaveMethod: Guarantee = {
  id: 'an_approval_is_a_signature',
  title: 'Every answer that needs approval demands a signature or more',
  try: async ({ policy, input }) => {
    const tries: (string | undefined)[] = [];
    for (const one of sampleRequests(input.compile.operations)) {
      const { effect, obligations } = await policy.decide(one);
      if (effect !== 'approval_required') continue;
      const method = obligations.find(({ type }) => type === 'approval_method')?.parameters.minimum;
      tries.push(method === 'signature' || method === 'presence' ? undefined : `${one.requestId}: ${String(method)}`);
    }
    return summed(tries);
  },
};

const criticalTakesTwo: Guarantee = {
  id: 'critical_servers_take_two',
  title: 'What destroys, spends or reveals on a critical server takes two people, or is denied',
  try: async ({ policy }) => {
    const tries = await Promise.all(
      (['destructive', 'spend', 'secret'] as const).map(async (of) => {
        const { effect, obligations } = await policy.decide(classQuestion(of, { about: { criticality: 'critical' } }));
        const two = effect === 'deny' || obligations.some(({ type }) => type === 'four_eyes');
        return two ? undefined : `class.${of}: ${effect}, one person`;
      }),
    );
    return summed(tries);
  },
};

/** In the order in which they are reported. */
export const ASKED: readonly Guarantee[] = [
  denies('freeze_denies_every_change', 'Under freeze everything but reading is denied, whoever asks', (one) =>
    everyChange(one, { freeze: true }),
  ),
  asks('destruction_needs_a_person', 'Nothing that destroys is automatic', everyOf('destructive')),
  asks('spending_needs_a_person', 'Nothing that spends is automatic', everyOf('spend')),
  asks('secrets_need_a_person', 'Nothing that reveals secrets is automatic', everyOf('secret')),
  denies('unknown_operations_are_denied', 'An operation that is in no catalogue is denied', () =>
    CHANGES.flatMap((of) => [request('disk.wipe', of), request('nothing', of), request('class.read', of)]),
  ),
  denies('a_false_class_is_denied', 'An operation that calls itself another class is denied', ({ input }) =>
    operationsOf(input.compile.operations, (of) => of !== 'read' && of !== 'judged').map(({ name }) =>
      request(name, 'read', { properties: { path: '/srv/a', mode: '0600' } }),
    ),
  ),
  denies('secret_files_are_denied', 'A command that names a file of secrets is denied', (one) =>
    commands(
      one,
      listed(one, 'secret_parts').map((part) => ['cat', pathWith(part)]),
    ),
  ),
  denies('catastrophes_are_denied', 'Wiping disks, file systems and whole trees is denied', (one) =>
    commands(one, argvs(DISKS)),
  ),
  denies('protected_paths_are_denied', 'No protected path is changed', (one) =>
    chmods(one, [...listed(one, 'protected_paths'), ...listed(one, 'protected_roots')]),
  ),
  denies(
    'protected_units_are_not_stopped',
    'No command stops a service that holds the way in or the machine together',
    (one) =>
      commands(
        one,
        listed(one, 'protected_units').map((unit) => ['systemctl', 'stop', unit]),
      ),
  ),
  denies(
    'own_files_are_denied',
    'Configuration, keys, policies and evidence of MeshClaw are not changed through it',
    (one) =>
      chmods(one, [
        '/root/.meshclaw/ledger.db',
        ...(one.sources.ownFolders ?? []).map((folder) => `${folder}/approvers`),
      ]),
  ),
  denies('nobody_approves_himself', 'No command answers an approval, enrols an approver or lifts a freeze', (one) =>
    commands(one, argvs(SELF)),
  ),
  denies('no_file_is_opened_to_everybody', 'No file is made writable for everybody', (one) =>
    chmods(one, ['/srv/a'], '0777'),
  ),
  asks(
    'exposed_commands_need_a_person',
    'After reading text from a server, a change by command needs a person',
    (one) => commands(one, [['systemctl', 'restart', 'nginx']], { exposed: true }),
  ),
  asks('many_changes_need_a_person', 'The same change too often within an hour needs a person', (one) =>
    operationsOf(one.input.compile.operations, (of) => of !== 'read' && of !== 'judged').map(({ name, of }) =>
      request(name, of, { recent: { [name]: 1_000_000 }, properties: { path: '/srv/a', mode: '0600' } }),
    ),
  ),
  criticalTakesTwo,
  approvalsHaveMethod,
  humansNotMilder,
  malformedDenied,
  sameAnswer,
];
