// Changes on this very machine that outlive the process that began them. The command is ended as hard as can be.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { approvedPlan, recordsOf } from '../_testing/approved-plan.js';
import { type KeyFiles, writeKeyFiles } from '../_testing/approver-key.js';
import { createTestCli, type TestCli } from '../_testing/cli.js';

let cli: TestCli;
let alice: KeyFiles;
beforeEach(async () => {
  cli = await createTestCli();
  alice = await writeKeyFiles(cli.path('alice'), 'alice');
});
afterEach(() => cli.remove());

/** Notes each time it is run, waits for a file, and prints. */
const COUNTED = 'echo run >>"$1"; while [ ! -e "$2" ]; do sleep 0.1; done; echo "came to its end"; exit 6';
const planned = () => approvedPlan(cli, alice, 'sh', '-c', COUNTED, 'sh', cli.path('runs'), cli.path('go'));
const go = () => writeFile(cli.path('go'), '');
const runs = () => readFile(cli.path('runs'), 'utf8');
const executions = async (): Promise<{ execution: string; state: string }[]> =>
  JSON.parse((await cli.run(['executions', 'list', '--json'])).stdout).executions;
async function until(fits: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await fits())) await sleep(50);
}

test('a change goes on when MeshClaw is killed while it runs, and its end is read back, once', {
  timeout: 60_000,
}, async () => {
  const plan = await planned();
  const { child, ended } = cli.start(['apply', plan]);
  await until(() => existsSync(cli.path('runs')));
  child.kill('SIGKILL');
  await ended;
  const [one] = await executions();
  expect(one).toMatchObject({ state: 'running', operation: 'command.run' });
  const execution = one?.execution ?? '';
  expect((await cli.run(['executions', 'show', execution])).code).toBe(7);
  expect((await cli.run(['status', 'localhost'])).stdout).toContain(execution);
  await go();
  const waited = await cli.run(['executions', 'wait', execution, '--json']);
  expect([waited.code, JSON.parse(waited.stdout)]).toMatchObject([
    0,
    { execution, outcome: { kind: 'exited', exitCode: 6, stdout: { text: 'came to its end\n' } } },
  ]);
  expect(await executions()).toEqual([]);
  expect((await cli.run(['executions', 'show', execution])).stdout).toContain('exited 6');
  expect((await cli.run(['apply', plan])).code).toBe(5);
  expect(await runs()).toBe('run\n');
  const seen = (await recordsOf(cli, 'execution.finished')).filter(
    (record) => 'execution' in record && record.execution === execution,
  );
  expect(seen).toHaveLength(1);
});

test('a change that is cancelled by another process has an unknown outcome and leaves nothing running', {
  timeout: 60_000,
}, async () => {
  const plan = await planned();
  const { ended } = cli.start(['apply', plan]);
  await until(() => existsSync(cli.path('runs')));
  const [one] = await executions();
  const cancelled = await cli.run(['executions', 'cancel', one?.execution ?? '']);
  expect([cancelled.code, cancelled.stderr]).toEqual([7, expect.stringContaining('cancelled')]);
  expect((await ended).code).toBe(7);
  await go();
  expect(await runs()).toBe('run\n');
});

test('nothing waits for the end of what is asked to be detached', { timeout: 60_000 }, async () => {
  await cli.run(['approvers', 'add', 'alice', alice.publicFile]);
  const counted = ['sh', '-c', COUNTED, 'sh', cli.path('runs'), cli.path('go')];
  const words = ['run', 'localhost', '--detach', '--json', '--', ...counted];
  const { id } = JSON.parse((await cli.run(words)).stdout).error.facts.approval;
  expect((await cli.run(['approvals', 'grant', id, '--key', alice.privateFile])).code).toBe(0);
  const begun = await cli.run(words);
  expect([begun.code, JSON.parse(begun.stdout)]).toMatchObject([0, { execution: expect.stringMatching(/^exec-/) }]);
  await go();
  const waited = await cli.run(['executions', 'wait', JSON.parse(begun.stdout).execution]);
  expect([waited.code, waited.stdout]).toEqual([0, expect.stringContaining('came to its end')]);
});
