/** A set of requests that shows what a policy does: every operation and class, by every kind of subject, in the situations that rules ask about. */

import { type DecisionRequest, type JsonObject, SUBJECT_TYPES } from '@meshclaw/core';

type Situation = readonly [
  name: string,
  about: JsonObject,
  context: Partial<DecisionRequest['context']>,
  recent: number,
];

const SITUATIONS: readonly Situation[] = [
  ['plain', {}, {}, 0],
  ['in production', { environment: 'production' }, {}, 0],
  ['on a critical server', { criticality: 'critical' }, {}, 0],
  ['often', {}, {}, 1_000],
  ['frozen', {}, { freeze: true }, 0],
  ['exposed', {}, { exposed: true }, 0],
];
const CLASSES = ['read', 'write', 'destructive', 'spend', 'secret'] as const;
/** Inputs that rules look at; each operation gets the ones of its noun. */
const INPUTS: Readonly<Record<string, readonly JsonObject[]>> = {
  file: [
    { path: '/srv/app/notes', mode: '0640' },
    { path: '/srv/app/notes', mode: '0666' },
    { path: '/etc/shadow', mode: '0640' },
  ],
  service: [{ unit: 'nginx.service' }, { unit: 'sshd.service' }],
};
const COMMANDS: readonly (readonly string[])[] = [
  ['uptime'],
  ['systemctl', 'restart', 'nginx'],
  ['rm', '-rf', '/'],
  ['cat', '/etc/shadow'],
];

/** The set, for a catalogue of operations as policy has it. */
export function sampleRequests(operations: JsonObject): readonly DecisionRequest[] {
  const asks = [
    ...Object.entries(operations).flatMap(([name, about]) => operationAsks(name, about as { readonly class: string })),
    ...CLASSES.map((of) => ({ name: `class.${of}`, of, properties: {}, mode: 'check' as const })),
  ];
  return asks.flatMap((one) =>
    SUBJECT_TYPES.flatMap((type) => SITUATIONS.map((situation) => requestOf(one, type, situation))),
  );
}

interface Ask {
  readonly name: string;
  readonly of: string;
  readonly properties: JsonObject;
  readonly argv?: readonly string[];
  readonly mode?: 'check';
}

function operationAsks(name: string, { class: of }: { readonly class: string }): readonly Ask[] {
  if (of === 'judged') return COMMANDS.map((argv) => ({ name, of, properties: { argv: [...argv] }, argv }));
  const inputs = INPUTS[name.split('.')[0] ?? ''] ?? [{}];
  return inputs.map((properties) => ({ name, of, properties }));
}

function requestOf(
  { name, of, properties, argv, mode = undefined }: Ask,
  type: DecisionRequest['subject']['type'],
  [situation, about, context, recent]: Situation,
): DecisionRequest {
  const words = argv?.join(' ') ?? Object.values(properties).join(' ');
  return {
    requestId: `${name} ${words}`.trim().concat(`, ${type}, ${situation}`).slice(0, 256),
    subject: { type, id: 'sample' },
    action: { name, class: of as DecisionRequest['action']['class'], properties, ...(argv ? { argv } : {}) },
    resource: { type: 'server', id: 'sample', properties: about, facts: {} },
    context: {
      now: '2026-01-01T00:00:00.000Z',
      mode: mode ?? 'execute',
      surface: 'ci',
      freeze: false,
      exposed: false,
      recent: { [name]: recent },
      ...context,
    },
  };
}
