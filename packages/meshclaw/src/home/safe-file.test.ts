import { chmod, chown, mkdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTemporaryHome, type TemporaryHome } from '../_testing/temporary-home.js';
import { readApprovers } from './approvers.js';
import { checkHome, locateHome, makeHome } from './home.js';
import { checkTree, readSafely } from './safe-file.js';

let at: TemporaryHome;
beforeEach(async () => {
  at = await createTemporaryHome();
});
afterEach(() => at.remove());

const isRoot = process.getuid?.() === 0;

test.each([0o620, 0o602, 0o666])('a file of mode %o is refused with the remedy', async (mode) => {
  const path = await at.write('meshclaw.yaml', 'policy: {pack: homelab}\n', mode);
  expect((await readSafely(path))._unsafeUnwrapErr()).toMatchObject({
    kind: 'meshclaw.unsafe_permissions',
    mode: `0${mode.toString(8)}`,
    remedy: `chmod go-w ${path}`,
  });
});

test('a file that only others may read is read', async () => {
  const path = await at.write('meshclaw.yaml', 'text\n', 0o644);
  expect((await readSafely(path))._unsafeUnwrap()).toBe('text\n');
});

test('a file of somebody else is refused', async (context) => {
  if (!isRoot) context.skip('giving files away needs root');
  const path = await at.write('meshclaw.yaml', 'text\n');
  await chown(path, 65_534, 65_534);
  expect((await readSafely(path))._unsafeUnwrapErr().kind).toBe('meshclaw.unsafe_permissions');
});

test('a missing file is nothing, and a folder in its place is an error', async () => {
  expect((await readSafely(join(at.home.folder, 'none')))._unsafeUnwrap()).toBeUndefined();
  expect((await readSafely(at.home.folder))._unsafeUnwrapErr().kind).toBe('meshclaw.home_unusable');
});

test('one writable file deep in a folder of rules refuses the folder', async () => {
  await at.write('policies/rules/file/mine/mine.rego', 'package x\n', 0o646);
  expect((await checkTree(at.home.policies))._unsafeUnwrapErr()).toMatchObject({ mode: '0646' });
});

test('a link in a folder of rules refuses the folder', async () => {
  await mkdir(at.home.policies, { mode: 0o700 });
  await symlink('/etc/hosts', join(at.home.policies, 'rule.rego'));
  expect((await checkTree(at.home.policies))._unsafeUnwrapErr().kind).toBe('meshclaw.home_unusable');
});

test('an approvers file that others may write to makes nobody an approver', async () => {
  const path = await at.write('approvers', '', 0o666);
  const error = (await readApprovers(at.home))._unsafeUnwrapErr();
  expect(error.detail).toContain(`chmod go-w ${path}`);
});

test('a home is made for its owner alone', async () => {
  const home = locateHome({ MESHCLAW_HOME: join(at.home.folder, 'deep', 'home') });
  expect((await checkHome(home))._unsafeUnwrap()).toBe(false);
  expect((await makeHome(home)).isOk()).toBe(true);
  expect((await stat(home.folder)).mode & 0o777).toBe(0o700);
  expect((await checkHome(home))._unsafeUnwrap()).toBe(true);
});

test('a home that others may write to is refused', async () => {
  await chmod(at.home.folder, 0o777);
  expect((await makeHome(at.home))._unsafeUnwrapErr()).toMatchObject({ remedy: `chmod go-w ${at.home.folder}` });
});

test('a file in the place of the home is refused', async () => {
  const path = await at.write('file', '');
  expect((await makeHome(locateHome({}, path)))._unsafeUnwrapErr().kind).toBe('meshclaw.home_unusable');
});
