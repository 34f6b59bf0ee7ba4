import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { local } from '@meshclaw/executors/local';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { allowAll, type Told, toolboxOn } from '../../_testing/toolbox-on.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshclaw-mcp-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

// The client waits for nothing, so that a test does not either.
const patience = 0;
const until = (file: string) => vi.waitUntil(() => existsSync(file), { timeout: 20_000 });
/** Notes that it was run, waits for a file, and prints. */
const COUNTED = 'echo run >>"$1/runs"; while [ ! -e "$1/go" ]; do sleep 0.1; done; echo done; exit 3';
const asked = () => ({ server: 'web1', argv: ['sh', '-c', COUNTED, 'sh', folder] });
const executionOf = (answer: Told) =>
  (answer.problems as unknown as readonly { readonly execution: string }[])[0]?.execution;

it('tells the end of a change that outlasted the call which began it, and begins nothing', async () => {
  const { call } = toolboxOn(local(), allowAll, patience);
  const answer = await call('run_evidence', asked());
  expect(answer).toMatchObject({ status: 'failed', problems: [{ kind: 'running' }], untrusted: false });
  const execution = executionOf(answer);
  expect(await call('execution_status', { execution, seconds: 0 })).toMatchObject({ problems: [{ kind: 'running' }] });
  await writeFile(join(folder, 'go'), '');
  expect(await call('execution_status', { execution })).toMatchObject({
    status: 'ok',
    data: { execution, operation: 'command.run', outcome: { kind: 'exited', exitCode: 3, stdout: { text: 'done\n' } } },
    untrusted: true,
    sources: ['server:web1'],
  });
  expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('run\n');
});

it('leaves a change running whose client gives up, and ends it when it is asked to', async () => {
  const { call } = toolboxOn(local(), allowAll, 500_000);
  const client = new AbortController();
  const given = call('run_evidence', asked(), client.signal);
  await until(join(folder, 'runs'));
  client.abort();
  const answer = await given;
  expect(answer).toMatchObject({ problems: [{ kind: 'running' }] });
  const cancelled = await call('execution_status', { execution: executionOf(answer), cancel: true });
  expect(cancelled).toMatchObject({ status: 'failed', problems: [{ kind: 'outcome_unknown' }] });
});

it('answers a name that no change has as refused', async () => {
  const { call } = toolboxOn(local(), allowAll);
  expect(await call('execution_status', { execution: 'exec-nobody' })).toMatchObject({
    status: 'failed',
    problems: [{ kind: 'refused', why: 'unknown_execution' }],
  });
});
