import { workflows } from '@meshclaw/workflows';
import { commandRun, diskUsage, fileChmod } from '@meshclaw/workflows/operations';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { done } from './answer.js';
import { answerSchema, hintsOf, listingOfTool } from './listing.js';
import { tools, workflowTools } from './registry.gen.js';
import { defineTool } from './tool.js';

const listings = [...tools, ...workflowTools].map(({ listing }) => listing);

/** Every schema inside a schema. */
function schemasIn(schema: unknown): readonly Record<string, unknown>[] {
  if (schema === null || typeof schema !== 'object') return [];
  return [schema as Record<string, unknown>, ...Object.values(schema).flatMap(schemasIn)];
}

describe('every tool', () => {
  it.each(listings.map((listing) => [listing.name, listing] as const))(
    '%s can be listed to any client',
    (name, one) => {
      expect(name).toMatch(/^meshclaw_[a-z0-9_]{1,50}$/);
      expect(one.title.length).toBeGreaterThan(3);
      expect(one.description.length).toBeGreaterThan(60);
      for (const schema of [one.inputSchema, one.outputSchema]) {
        expect(schema.type).toBe('object');
        expect(Object.keys(schema)).not.toEqual(
          expect.arrayContaining([expect.stringMatching(/^(anyOf|oneOf|allOf|\$ref|\$defs|\$schema)$/)]),
        );
      }
      expect(one.inputSchema.additionalProperties).toBe(false);
      const patterns = schemasIn(one.inputSchema).flatMap(({ pattern }) =>
        typeof pattern === 'string' ? [pattern] : [],
      );
      for (const pattern of patterns) expect(pattern).not.toMatch(/\(\?|\\p/i);
    },
  );

  it('is a workflow or a folder, once', async () => {
    const names = listings.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const replaced = (await Promise.all(tools.map(({ load }) => load()))).flatMap(({ insteadOf }) => insteadOf ?? []);
    expect([...workflowTools.map(({ id }) => id), ...replaced].sort()).toEqual(Object.keys(workflows).sort());
    expect(tools.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['approval-status', 'evidence-list', 'policy-check', 'run-evidence', 'server-list']),
    );
  });

  it('promises no approving', () => {
    expect(listings.filter(({ name }) => /approve|grant|sign|deny/.test(name))).toEqual([]);
  });
});

it('the list costs a model little', () => {
  // Counted with the tokens of o200k_base (gpt-tokenizer 3.4): 3.9 to 4.2 characters a token; 3.5 leaves room for others.
  const tokens = (value: unknown) => JSON.stringify(value).length / 3.5;
  const given = listings.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  expect(tokens(given) / listings.length).toBeLessThan(320); // what clients put into a context: 25 tools, 8000 tokens
  expect(tokens(listings) / listings.length).toBeLessThan(640);
});

describe('hints', () => {
  it('come from the classes of what may be performed', () => {
    const quiet = { destructiveHint: false, idempotentHint: true };
    expect(hintsOf([], { changes: true })).toEqual({ readOnlyHint: true, ...quiet, openWorldHint: false });
    expect(hintsOf([diskUsage], { changes: true })).toEqual({ readOnlyHint: true, ...quiet, openWorldHint: true });
    expect(hintsOf([diskUsage, fileChmod], { changes: true })).toEqual({
      readOnlyHint: false,
      ...quiet,
      openWorldHint: true,
    });
    expect(hintsOf([commandRun], { changes: true })).toMatchObject({ destructiveHint: true, idempotentHint: false });
  });

  it('of what only proposes say that it reads', () => {
    expect(hintsOf([commandRun], { changes: false })).toMatchObject({ readOnlyHint: true, destructiveHint: false });
  });
});

describe('a schema', () => {
  const inputOf = (input: z.ZodType) =>
    listingOfTool(
      defineTool({
        id: 'x',
        title: 'x',
        description: 'x',
        uses: [],
        input,
        data: z.object({}),
        run: async () => done({}),
      }),
    ).inputSchema;

  it('leaves out what clients trip over, and keeps properties that are called like keywords', () => {
    const schema = inputOf(
      z.strictObject({
        pattern: z
          .string()
          .regex(/^(?!x)a$/)
          .default('a'),
        plain: z.string().regex(/^[a-z]+$/),
        when: z.iso.datetime(),
        count: z.int(),
      }),
    );
    expect(schema).toEqual({
      type: 'object',
      properties: {
        pattern: { type: 'string', default: 'a' },
        plain: { type: 'string', pattern: '^[a-z]+$' },
        when: { type: 'string', format: 'date-time' },
        count: { type: 'integer' },
      },
      required: ['plain', 'when', 'count'],
      additionalProperties: false,
    });
  });

  it('of an answer says shapes and no limits, to a bounded depth', () => {
    const deep = z.object({
      a: z.object({ b: z.object({ c: z.string() }) }).nullable(),
      t: z.string().max(3).nullable(),
    });
    expect(answerSchema(deep).properties).toMatchObject({
      data: {
        type: 'object',
        properties: {
          a: { type: ['object', 'null'], properties: { b: { type: 'object' } } },
          t: { type: ['string', 'null'] },
        },
      },
    });
    expect(JSON.stringify(answerSchema(deep))).not.toMatch(/maxLength|"c"/);
  });
});
