import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
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

const verifies = async () => expect((await cli.run(['evidence', 'verify'])).code).toBe(0);
const outcomes = async () => (await recordsOf(cli, 'execution.finished')).map(({ body }) => body.outcome);

/** The most memory a process had, in KiB; 0 once it is gone. */
function peakKib(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

test('a command that prints a gigabyte is stopped, keeps little, and is never called done', async (context) => {
  if (process.platform !== 'linux') context.skip('memory is read from /proc');
  const { child, ended } = cli.start(['run', 'localhost', 'head -c 1000000000 /dev/zero']);
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, peakKib(child.pid ?? 0));
  }, 20);
  const { code, stdout } = await ended;
  clearInterval(watch);
  expect(code).toBe(7);
  expect(stdout.length).toBeLessThan(10_000_000);
  expect(peak).toBeGreaterThan(0);
  expect(peak).toBeLessThan(400_000);
  expect(await outcomes()).toMatchObject([{ kind: 'unknown' }]);
  await verifies();
});

test('binary output is kept by its digest and shown without touching the terminal', async () => {
  const file = cli.path('bytes');
  await writeFile(file, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
  const { code, stdout } = await cli.run(['run', 'localhost', '--', 'cat', file]);
  expect(code).toBe(0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would act on is what must not be there
  expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  expect(await outcomes()).toMatchObject([{ kind: 'exited', stdout: { bytes: 256 } }]);
  await verifies();
});

test('a command that something else kills is a failure with its signal, on record', async () => {
  const pidFile = cli.path('pid');
  const plan = await approvedPlan(cli, alice, 'sh', '-c', 'echo $$ > "$1"; exec sleep 60', 'sh', pidFile);
  const { ended } = cli.start(['apply', plan]);
  let pid = '';
  while (pid === '') {
    await sleep(50);
    pid = await readFile(pidFile, 'utf8').catch(() => '');
  }
  process.kill(Number(pid), 'SIGKILL');
  const { code, stdout } = await ended;
  expect([code, stdout]).toEqual([5, expect.stringContaining('SIGKILL')]);
  expect(await outcomes()).toMatchObject([{ kind: 'signalled', signal: 'SIGKILL' }]);
  await verifies();
});

test('MeshClaw killed half-way leaves an intent without an end, a whole ledger, and a plan that runs no second time', async () => {
  const plan = await approvedPlan(cli, alice, 'sh', '-c', 'sleep 5; touch "$1"', 'sh', cli.path('late'));
  const { child, ended } = cli.start(['apply', plan]);
  while ((await recordsOf(cli, 'execution.intended')).length === 0) await sleep(50);
  child.kill('SIGKILL');
  await ended;
  expect(await outcomes()).toEqual([]);
  await verifies();
  const again = await cli.run(['apply', plan]);
  expect([again.code, again.stderr]).toEqual([5, expect.stringContaining('already_used')]);
});

test('on a full disk nothing is done, the reason is said, and the ledger verifies afterwards', async (context) => {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') context.skip('a small filesystem needs root on Linux');
  const target = cli.path('made');
  await mkdir(cli.home, { mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'tmpfs', cli.home]);
  try {
    const plan = await approvedPlan(cli, alice, 'touch', target);
    execFileSync('sh', ['-c', 'cat /dev/zero > "$1" 2> /dev/null || :', 'sh', `${cli.home}/filler`]);
    const { code, stderr } = await cli.run(['apply', plan]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/meshclaw\.ledger_unavailable|evidence_unavailable/);
    await expect(readFile(target)).rejects.toMatchObject({ code: 'ENOENT' });
    execFileSync('rm', [`${cli.home}/filler`]);
    await verifies();
    expect((await cli.run(['apply', plan])).code).toBe(0);
    await chmod(target, 0o600);
  } finally {
    execFileSync('umount', [cli.home]);
  }
});
