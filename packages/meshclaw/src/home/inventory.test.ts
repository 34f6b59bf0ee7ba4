import type { Executor } from '@meshclaw/core';
import { local } from '@meshclaw/executors/local';
import { errAsync } from 'neverthrow';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createTemporaryHome, type TemporaryHome } from '../_testing/temporary-home.js';
import { inventoryOf, loadTargets } from './inventory.js';
import { SAMPLE_INVENTORY } from './samples.js';

/** An executor whose settings are more than nothing. */
const wire: Executor = {
  contract: 'executor/v1',
  id: 'wire',
  performs: 'command',
  settings: z.strictObject({ host: z.string(), port: z.int().min(1).max(65_535).optional() }),
  open: () => errAsync({ kind: 'unreachable', message: 'a stand-in' }),
};
const executors = { local: async () => local(), wire: async () => wire };

let at: TemporaryHome;
beforeEach(async () => {
  at = await createTemporaryHome();
});
afterEach(() => at.remove());

async function load(text: string) {
  await at.write('inventory.yaml', text);
  return loadTargets(at.home, executors);
}
async function problemsOf(text: string) {
  const error = (await load(text))._unsafeUnwrapErr();
  if (error.kind !== 'meshclaw.invalid_configuration') throw new Error(error.kind);
  return error.problems.map(({ line, column, path, text: said, nearest }) => ({ line, column, path, said, nearest }));
}

test('without a file this machine is the only server', async () => {
  const targets = (await loadTargets(at.home, executors))._unsafeUnwrap();
  expect(targets).toMatchObject([{ id: 'localhost', kind: 'server', reach: [{ executor: 'local', settings: {} }] }]);
});

test('the sample is valid', async () => {
  expect((await load(SAMPLE_INVENTORY))._unsafeUnwrap()).toMatchObject([
    { id: 'localhost', properties: { tags: ['controller'] } },
  ]);
});

test('servers may be a list or a map, and what the file says becomes properties', async () => {
  const entry = 'reach: [{executor: wire, host: 10.0.0.7, port: 22}], environment: production, criticality: high';
  const wanted = [
    {
      id: 'web1',
      kind: 'server',
      reach: [{ executor: 'wire', settings: { host: '10.0.0.7', port: 22 } }],
      platform: {},
      properties: { tags: [], environment: 'production', criticality: 'high' },
    },
  ];
  expect((await load(`servers: [{name: web1, ${entry}}]\n`))._unsafeUnwrap()).toEqual(wanted);
  expect((await load(`servers: {web1: {${entry}}}\n`))._unsafeUnwrap()).toEqual(wanted);
});

test('an inventory in JSON is read too', async () => {
  const text = JSON.stringify({ servers: [{ name: 'a', reach: [{ executor: 'local' }] }] }, null, 2);
  expect((await load(text))._unsafeUnwrap()).toMatchObject([{ id: 'a' }]);
});

test('unknown keys, wrong types and words out of a list are named where they are', async () => {
  const text = [
    'servers:',
    '  - name: web1',
    '    reach: [{executor: local}]',
    '    enviroment: production',
    '    criticality: hihg',
    '    tags: web',
    '',
  ].join('\n');
  const problems = await problemsOf(text);
  expect(problems).toHaveLength(3);
  expect(problems).toContainEqual(expect.objectContaining({ line: 4, column: 5, nearest: 'environment' }));
  expect(problems).toContainEqual(expect.objectContaining({ line: 5, column: 5, nearest: 'high' }));
  expect(problems).toContainEqual(expect.objectContaining({ line: 6, path: 'servers[0].tags' }));
});

test('a missing key is named at the entry that lacks it', async () => {
  expect(await problemsOf('servers:\n  - name: web1\n')).toMatchObject([{ line: 2, path: 'servers[0].reach' }]);
});

test('an executor that does not exist is named with the nearest one', async () => {
  expect(await problemsOf('servers:\n  a:\n    reach:\n      - executor: locl\n')).toMatchObject([
    { line: 4, column: 9, said: 'there is no executor "locl"', nearest: 'local' },
  ]);
});

test('settings are checked by the executor they are for', async () => {
  expect(await problemsOf('servers:\n  a:\n    reach:\n      - {executor: wire, hots: b, port: 0}\n')).toMatchObject([
    { line: 4, path: 'servers.a.reach[0].host' },
    { line: 4, path: 'servers.a.reach[0].port' },
    { line: 4, column: 26, path: 'servers.a.reach[0].hots', nearest: 'host' },
  ]);
});

test('a name that is given twice is an error, in a list and in a map', async () => {
  const twice = '[{name: a, reach: [{executor: local}]}, {name: a, reach: [{executor: local}]}]';
  expect(await problemsOf(`servers: ${twice}\n`)).toMatchObject([{ line: 1, said: 'the name "a" is given twice' }]);
  const map = 'servers:\n  a: {reach: [{executor: local}]}\n  a: {reach: [{executor: local}]}\n';
  expect(await problemsOf(map)).toMatchObject([{ line: 3, said: 'this name is given twice' }]);
});

test.each(['-a', '../a', 'a b', ''])('%j is no name for a server', async (name) => {
  const text = JSON.stringify({ servers: { [name]: { reach: [{ executor: 'local' }] } } });
  expect(await problemsOf(text)).toHaveLength(1);
});

test('the inventory tells an unknown server from one it has', async () => {
  const inventory = inventoryOf((await load(SAMPLE_INVENTORY))._unsafeUnwrap());
  expect((await inventory.target('localhost'))._unsafeUnwrap()?.id).toBe('localhost');
  expect((await inventory.target('web1'))._unsafeUnwrap()).toBeUndefined();
  expect((await inventory.targets())._unsafeUnwrap()).toHaveLength(1);
});
