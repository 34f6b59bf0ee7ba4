import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkArguments } from './check-arguments.js';

const schema = z.strictObject({ name: z.string().max(10).default('x'), more: z.looseObject({}).optional() });
const issuesOf = (given: unknown) => checkArguments(schema, given)._unsafeUnwrapErr().issues;

describe('arguments', () => {
  it('that are left out are an empty object', () => {
    expect(checkArguments(schema, undefined)._unsafeUnwrap()).toEqual({ name: 'x' });
  });

  it('of a megabyte are refused by the name of their field', () => {
    expect(issuesOf({ name: 'x'.repeat(1_048_576) })).toEqual(['name: all text together is at most 262144 characters']);
    expect(issuesOf({ more: { list: Array.from({ length: 300_000 }, () => 0) } })[0]).toMatch(/^more: all text/);
    expect(issuesOf({ ['k'.repeat(300_000)]: 1 })[0]).toMatch(/^k+…$/);
  });

  it('nested a hundred thousand deep are refused, and nothing overflows', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
    expect(issuesOf({ more: deep })).toEqual(['more: nested deeper than 32']);
  });

  it('of another shape are refused by their field, in few words', () => {
    expect(issuesOf('text')[0]).toMatch(/^arguments: /);
    expect(issuesOf({ name: 5 })[0]).toMatch(/^name: /);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`unknown${at}`, 1]));
    for (const issue of issuesOf(many)) expect(issue.length).toBeLessThanOrEqual(301);
  });
});
