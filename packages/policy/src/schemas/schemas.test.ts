import { readFileSync } from 'node:fs';
import {
  fromWireRequest,
  toWireDecision,
  type WireDecision,
  type WireRequest,
  wireRequestSchema,
} from '@meshclaw/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { openPolicy } from '../open-policy.js';
import { decisionSchema, type PolicyDecision, type PolicyRequest, requestSchema } from './index.js';

const REQUEST: PolicyRequest = {
  request_id: 'req-1',
  subject: { type: 'ci', id: 'pipeline' },
  action: { name: 'file.chmod', class: 'write', properties: { path: '/srv/app/notes.txt', mode: '0640' } },
  resource: {
    type: 'server',
    id: 'web1',
    properties: {},
    facts: { 'disk.used_percent': { value: 91, age_seconds: 40 } },
  },
  context: {
    now: '2026-01-01T00:00:00.000Z',
    mode: 'check',
    surface: 'ci',
    freeze: false,
    exposed: false,
    recent: {},
  },
};

describe('the types for programs without zod', () => {
  it('are of the same form as what core reads and writes', () => {
    expectTypeOf<PolicyRequest>().toExtend<z.input<typeof wireRequestSchema>>();
    expectTypeOf<WireRequest['context']>().toExtend<PolicyRequest['context']>();
    expectTypeOf<PolicyDecision>().toExtend<WireDecision>();
    expect(wireRequestSchema.parse(REQUEST)).toEqual(REQUEST);
  });

  it('write a request that the policy decides, and read its decision', async () => {
    const policy = (await openPolicy())._unsafeUnwrap();
    const decision = await policy.decide(fromWireRequest(wireRequestSchema.parse(REQUEST)));
    const wire = toWireDecision(decision) as unknown as PolicyDecision;
    expect([wire.effect, wire.request_id]).toEqual(['approval_required', 'req-1']);
  });
});

describe('the JSON Schemas', () => {
  it('are the files of the package', () => {
    const file = (name: string): unknown =>
      JSON.parse(readFileSync(new URL(`../../shipped/schemas/${name}.json`, import.meta.url), 'utf8'));
    expect(requestSchema).toEqual(file('request'));
    expect(decisionSchema).toEqual(file('decision'));
  });

  it('accept a request and refuse one with a field that there is not, in a reader of schemas', () => {
    const read = z.fromJSONSchema(requestSchema as Parameters<typeof z.fromJSONSchema>[0]);
    expect(read.safeParse(REQUEST).success).toBe(true);
    expect(read.safeParse({ ...REQUEST, approved: true }).success).toBe(false);
    expect(read.safeParse({ ...REQUEST, context: { ...REQUEST.context, mode: 'run' } }).success).toBe(false);
  });
});
