import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTemporaryHome, type TemporaryHome } from '../_testing/temporary-home.js';
import { SAMPLE_SETTINGS } from './samples.js';
import { loadSettings } from './settings.js';

let at: TemporaryHome;
beforeEach(async () => {
  at = await createTemporaryHome();
});
afterEach(() => at.remove());

async function problemsOf(text: string) {
  await at.write('meshclaw.yaml', text);
  const error = (await loadSettings(at.home))._unsafeUnwrapErr();
  if (error.kind !== 'meshclaw.invalid_configuration') throw new Error(error.kind);
  return error.problems.map(({ line, column, path, text: said, nearest }) => ({ line, column, path, said, nearest }));
}

test('without a file every value is its default', async () => {
  const { settings, sources } = (await loadSettings(at.home))._unsafeUnwrap();
  const epoch = { maxMib: 1024, maxDays: 90 };
  const folder = { evidenceFolder: at.home.folder };
  expect(settings).toEqual({ policyPack: 'homelab', ...folder, anchors: [], epoch, notifications: [] });
  expect(sources.map(({ from }) => from)).toEqual(['option', ...Array(6).fill('default')]);
});

test('how large and how old a file of the ledger becomes is set in the file', async () => {
  await at.write('meshclaw.yaml', 'evidence: { epoch: { max_mib: 2 } }\n');
  expect((await loadSettings(at.home))._unsafeUnwrap().settings.epoch).toEqual({ maxMib: 2, maxDays: 90 });
  await at.write('meshclaw.yaml', 'evidence: { epoch: { max_mib: 0 } }\n');
  expect((await loadSettings(at.home)).isErr()).toBe(true);
});

test('the sample is valid', async () => {
  await at.write('meshclaw.yaml', SAMPLE_SETTINGS);
  expect((await loadSettings(at.home))._unsafeUnwrap().settings.policyPack).toBe('homelab');
});

test('an unknown key is named with its place and the nearest known key', async () => {
  expect(await problemsOf('# settings\npolcy:\n  pack: homelab\n')).toEqual([
    { line: 2, column: 1, path: 'polcy', said: 'unknown key "polcy"', nearest: 'policy' },
  ]);
});

test('an unknown key inside is compared with the keys that are known there', async () => {
  expect(await problemsOf('policy:\n  pakc: homelab\n')).toEqual([
    { line: 2, column: 3, path: 'policy.pakc', said: 'unknown key "pakc"', nearest: 'pack' },
  ]);
});

test('anchors are files and commands, and nothing else', async () => {
  await at.write('meshclaw.yaml', 'evidence:\n  anchors:\n    - file: /mnt/heads\n    - command: [curl, -T, heads]\n');
  const { settings } = (await loadSettings(at.home))._unsafeUnwrap();
  expect(settings.anchors).toEqual([{ file: '/mnt/heads' }, { command: ['curl', '-T', 'heads'] }]);
  expect(await problemsOf('evidence:\n  anchors:\n    - file: heads\n')).not.toEqual([]);
  expect(await problemsOf('evidence:\n  anchors:\n    - command: []\n')).not.toEqual([]);
});

test('a pack that does not exist is an error', async () => {
  expect(await problemsOf('policy:\n  pack: homelap\n')).toMatchObject([
    { line: 2, column: 3, path: 'policy.pack', nearest: 'homelab' },
  ]);
});

test('a key that is given twice is an error', async () => {
  expect(await problemsOf('policy:\n  pack: homelab\npolicy:\n  pack: homelab\n')).toMatchObject([
    { line: 3, column: 1, said: 'this name is given twice' },
  ]);
});

test('all problems of a file are named at once', async () => {
  expect(await problemsOf('policy: 3\nevidence:\n  folder: here\n')).toMatchObject([
    { line: 1, path: 'policy' },
    { line: 3, path: 'evidence.folder', said: 'must be an absolute path' },
  ]);
});

test.each([
  ['broken syntax', 'policy: [1, 2\n'],
  ['nothing but comments', '# later\n'],
  ['a tag that YAML does not know', 'policy: !!js/function "x"\n'],
  ['a list', '- policy\n'],
])('a file with %s is an error', async (_, text) => {
  expect(await problemsOf(text)).not.toEqual([]);
});
