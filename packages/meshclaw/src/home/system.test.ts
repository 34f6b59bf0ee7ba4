import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTemporaryHome, type TemporaryHome } from '../_testing/temporary-home.js';
import { findHome } from './home.js';
import { loadSettings } from './settings.js';
import { agreesOnHome, readSystem } from './system.js';

let at: TemporaryHome;
let file: string;
beforeEach(async () => {
  at = await createTemporaryHome();
  await mkdir(`${at.home.folder}/etc`, { mode: 0o755 });
  file = `${at.home.folder}/etc/meshclaw.yaml`;
});
afterEach(() => at.remove());

const isRoot = process.getuid?.() === 0;
const fix = (text: string) => writeFile(file, text, { mode: 0o644 });
const settingsWith = async (system: string, own: string) => {
  await fix(system);
  await at.write('meshclaw.yaml', own);
  const home = (await findHome({ MESHCLAW_HOME: at.home.folder }, undefined, file))._unsafeUnwrap();
  return loadSettings(home);
};

test('a machine where root fixed nothing is as it was', async () => {
  const home = (await findHome({ MESHCLAW_HOME: '/somewhere' }, undefined, file))._unsafeUnwrap();
  expect([home.folder, home.from, home.system]).toEqual(['/somewhere', 'MESHCLAW_HOME', undefined]);
});

test('a file that is not root’s alone is refused, and so nothing opens', async (context) => {
  if (!isRoot) context.skip('needs root');
  await fix('home: /srv/meshclaw\n');
  await chmod(file, 0o666);
  expect((await findHome({}, undefined, file)).isErr()).toBe(true);
  await chmod(file, 0o644);
  await chown(file, 65_534, 65_534);
  expect((await findHome({}, undefined, file)).isErr()).toBe(true);
  await chown(file, 0, 0);
  await chmod(`${at.home.folder}/etc`, 0o777);
  expect((await readSystem(file)).isErr()).toBe(true);
});

test('the home that root fixed is the home, and no variable or option names another', async (context) => {
  if (!isRoot) context.skip('needs root');
  await fix('home: /srv/meshclaw\napprovers: /etc/meshclaw/approvers\n');
  const home = (await findHome({}, undefined, file))._unsafeUnwrap();
  expect(home).toMatchObject({ folder: '/srv/meshclaw', from: 'system', approvers: '/etc/meshclaw/approvers' });
  for (const [environment, option] of [
    [{ MESHCLAW_HOME: '/tmp/own' }, undefined],
    [{}, '/tmp/own'],
  ] as const) {
    expect((await findHome(environment, option, file))._unsafeUnwrapErr().kind).toBe('meshclaw.home_unusable');
  }
  expect((await findHome({ MESHCLAW_HOME: '/srv/meshclaw' }, undefined, file)).isOk()).toBe(true);
  expect(agreesOnHome('srv/meshclaw', { file, anchors: [], home: '/srv/meshclaw' }).isErr()).toBe(true);
});

test('a broken or unknown word in it stops everything', async (context) => {
  if (!isRoot) context.skip('needs root');
  for (const text of ['homes: /x\n', 'home: x\n', 'policy: { pack: lax }\n', 'home: [\n', '# nothing\n']) {
    await fix(text);
    expect((await findHome({}, undefined, file))._unsafeUnwrapErr().kind).toBe('meshclaw.invalid_configuration');
  }
});

test('the owner’s file may be stricter than root’s, never milder', async (context) => {
  if (!isRoot) context.skip('needs root');
  const packOf = async (system: string, own: string) =>
    (await settingsWith(`policy: { pack: ${system} }\n`, `policy: { pack: ${own} }\n`)).map(
      ({ settings }) => settings.policyPack,
    );
  expect((await packOf('production', 'read-only'))._unsafeUnwrap()).toBe('read-only');
  expect((await packOf('production', 'production'))._unsafeUnwrap()).toBe('production');
  expect((await packOf('production', 'homelab'))._unsafeUnwrapErr()).toMatchObject({
    problems: [{ path: 'policy.pack', text: expect.stringContaining('says production') }],
  });
  const unsaid = await settingsWith('policy: { pack: production }\n', 'evidence: {}\n');
  expect(unsaid._unsafeUnwrap().settings.policyPack).toBe('production');
  const moved = await settingsWith('evidence: { folder: /var/lib/a }\n', 'evidence: { folder: /var/lib/b }\n');
  expect(moved.isErr()).toBe(true);
  const more = await settingsWith('evidence: { anchors: [{ file: /a }] }\n', 'evidence: { anchors: [{ file: /b }] }\n');
  expect(more._unsafeUnwrap().settings.anchors).toEqual([{ file: '/a' }, { file: '/b' }]);
});
