import { lstat, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Action, Executor } from '@meshclaw/core';
import { local } from '@meshclaw/executors/local';
import { ResultAsync } from 'neverthrow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allowAll, meshOn, targetOf } from '../_testing/index.js';
import { commandRun, fileChmod } from './index.js';

const TARGETS = [targetOf('here', 'local')];
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshclaw-engine-'));
  path = join(folder, 'file');
  await writeFile(path, '', { mode: 0o644 });
});
afterEach(() => rm(folder, { recursive: true }));
const replace = async () => {
  await writeFile(`${path}.new`, '', { mode: 0o644 });
  await rename(`${path}.new`, path);
};
const isChmod = (action: Action) => action.kind === 'command' && (action.argv[2]?.includes('chmod --') ?? false);
/** The local executor, with something happening on the machine right before a certain action. */
function before(when: (action: Action) => boolean, happens: () => Promise<void>): Executor {
  const executor = local();
  return {
    ...executor,
    open: (_settings, call) =>
      executor.open({}, call).map((session) => ({
        ...session,
        perform: (action, bounds) =>
          ResultAsync.fromSafePromise(when(action) ? happens() : Promise.resolve()).andThen(() =>
            session.perform(action, bounds),
          ),
      })),
  };
}
const modeOf = async () => (await lstat(path)).mode & 0o777;

describe('file.chmod through the engine', () => {
  it('learns the platform, observes, changes, verifies and keeps a record', async () => {
    const { agent, ledger } = meshOn([local()], TARGETS, allowAll);
    const performed = await agent.perform(fileChmod, 'here', { path, mode: '600' });
    expect(performed._unsafeUnwrap().output).toEqual({ mode: '0600' });
    expect(await modeOf()).toBe(0o600);
    expect(ledger.records.map(({ type, operation }) => [type, operation])).toContainEqual([
      'execution.intended',
      'file.chmod',
    ]);
  });

  it('waits for approval and changes nothing until then', async () => {
    const { agent } = meshOn([local()], TARGETS);
    const asked = await agent.perform(fileChmod, 'here', { path, mode: '600' });
    expect(asked._unsafeUnwrapErr().kind).toBe('approval_required');
    expect(await modeOf()).toBe(0o644);
  });

  it('is stale when the file changes between observing and acting', async () => {
    const { agent } = meshOn([before(isChmod, replace)], TARGETS, allowAll);
    const performed = await agent.perform(fileChmod, 'here', { path, mode: '777' });
    expect(performed._unsafeUnwrapErr().kind).toBe('stale');
    expect(await modeOf()).toBe(0o644);
  });

  it('is unsupported for a missing file', async () => {
    const { agent } = meshOn([local()], TARGETS, allowAll);
    const performed = await agent.perform(fileChmod, 'here', { path: `${path}-absent`, mode: '600' });
    expect(performed._unsafeUnwrapErr().kind).toBe('unsupported');
  });
});

describe('command.run through the engine', () => {
  it('answers a non-zero exit as output', async () => {
    const { agent } = meshOn([local()], TARGETS, allowAll);
    const performed = await agent.perform(commandRun, 'here', { argv: ['sh', '-c', 'exit 75'] });
    expect(performed._unsafeUnwrap().output.exitCode).toBe(75);
  });

  it('is an unknown outcome when its time is up', async () => {
    const { agent } = meshOn([local()], TARGETS, allowAll);
    const performed = await agent.perform(commandRun, 'here', { argv: ['sleep', '30'] }, { timeoutMs: 300 });
    expect(performed._unsafeUnwrapErr().kind).toBe('outcome_unknown');
  });
});
