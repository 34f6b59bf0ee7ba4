import { spawnSync } from 'node:child_process';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KeyFiles, writeKeyFiles } from '../_testing/approver-key.js';
import { createTestCli, type TestCli } from '../_testing/cli.js';
import { findSshKeygen, signStatement } from '../home/sign.js';

const sshKeygen = findSshKeygen();
let cli: TestCli;
let alice: KeyFiles;
let file: string;
beforeEach(async () => {
  cli = await createTestCli();
  alice = await writeKeyFiles(cli.path('alice'), 'alice');
  file = cli.path('notes.txt');
  await writeFile(file, 'text\n');
  await chmod(file, 0o666);
  const added = await cli.run(['approvers', 'add', 'alice', alice.publicFile]);
  expect(added).toMatchObject({ code: 0, stderr: expect.stringContaining('first approver') });
});
afterEach(() => cli.remove());

const mode = async () => ((await stat(file)).mode & 0o777).toString(8);
const ask = (...more: string[]) =>
  cli.run(['perform', 'file.chmod', 'localhost', `path=${file}`, 'mode=0640', ...more]);

async function asked(): Promise<{ readonly id: string; readonly plan: string }> {
  const { code, stdout } = await ask('--json');
  expect(code).toBe(4);
  return JSON.parse(stdout).error.facts.approval;
}
async function statementOf(id: string): Promise<string> {
  const { code, stdout } = await cli.run(['approvals', 'statement', id]);
  expect(code).toBe(0);
  return stdout;
}
async function grantWith(id: string, statement: string, by: KeyFiles = alice) {
  const signature = (await signStatement(statement, by.privateFile, ''))._unsafeUnwrap();
  await writeFile(cli.path('signature'), signature);
  return cli.run(['approvals', 'grant', id, '--signature', cli.path('signature')]);
}

test('asked, shown, signed with a key, run once, refused the second time', async () => {
  const { id, plan } = await asked();
  expect(await mode()).toBe('666');
  const shown = await cli.run(['approvals', 'show', id]);
  for (const part of [file, '0640', 'file.chmod', 'agent:']) expect(shown.stdout).toContain(part);
  expect((await cli.run(['plan', 'show', plan])).stdout).toContain(file);
  const granted = await cli.run(['approvals', 'grant', id, '--key', alice.privateFile]);
  expect(granted).toMatchObject({ code: 0, stdout: expect.stringContaining('granted') });
  expect(granted.stderr).toContain(file); // the plan, before it was signed
  expect((await cli.run(['apply', plan])).code).toBe(0);
  expect(await mode()).toBe('640');
  await chmod(file, 0o666);
  const again = await cli.run(['apply', plan]);
  expect(again).toMatchObject({ code: 5, stderr: expect.stringContaining('already_used') });
  expect(await mode()).toBe('666');
});

test('a statement signed elsewhere by ssh-keygen is a yes', async (context) => {
  if (!sshKeygen) context.skip('needs ssh-keygen');
  const { id, plan } = await asked();
  await writeFile(cli.path('statement'), await statementOf(id));
  const argv = ['-Y', 'sign', '-n', 'meshclaw-approval@v1', '-f', alice.privateFile, cli.path('statement')];
  expect(spawnSync(sshKeygen ?? '', argv).status).toBe(0);
  expect((await cli.run(['approvals', 'grant', id, '--signature', cli.path('statement.sig')])).code).toBe(0);
  expect((await cli.run(['apply', plan])).code).toBe(0);
  expect(await mode()).toBe('640');
});

test('our own signature is a yes too', async () => {
  const { id } = await asked();
  expect((await grantWith(id, await statementOf(id))).code).toBe(0);
});

test('the statement alone is on stdout, the plan on stderr', async () => {
  const { id } = await asked();
  const { stdout, stderr } = await cli.run(['approvals', 'statement', id]);
  expect(JSON.parse(stdout)).toMatchObject({ approval: id, slots: [0], v: 1 });
  expect(stderr).toContain(file);
});

test('a signature over anything else is none', async () => {
  const { id } = await asked();
  const statement = await statementOf(id);
  const longer = statement.replace(/"not_after":"\d{4}/, '"not_after":"9999');
  expect(await grantWith(id, longer)).toMatchObject({ code: 3, stderr: expect.stringContaining('bad_signature') });
  expect((await ask()).code).toBe(4);
});

test('a key that is not enrolled is none', async () => {
  const { id } = await asked();
  const mallory = await writeKeyFiles(cli.path('mallory'), 'alice');
  const refused = await grantWith(id, await statementOf(id), mallory);
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('unknown_key') });
});

test('a signature in another namespace is none', async (context) => {
  if (!sshKeygen) context.skip('needs ssh-keygen');
  const { id } = await asked();
  await writeFile(cli.path('statement'), await statementOf(id));
  spawnSync(sshKeygen ?? '', ['-Y', 'sign', '-n', 'file', '-f', alice.privateFile, cli.path('statement')]);
  const refused = await cli.run(['approvals', 'grant', id, '--signature', cli.path('statement.sig')]);
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('bad_signature') });
});

test('without a signature nothing is granted', async () => {
  const { id } = await asked();
  expect((await cli.run(['approvals', 'grant', id])).code).toBe(4);
  expect((await cli.run(['approvals', 'grant', 'appr-none', '--key', alice.privateFile])).code).toBe(2);
  expect((await cli.run(['apply', 'plan-none'])).code).toBe(2);
});

test('a no holds for the same ask', async () => {
  const { id } = await asked();
  expect((await cli.run(['approvals', 'deny', id, '--reason', 'not now'])).code).toBe(0);
  expect(await ask()).toMatchObject({ code: 3, stderr: expect.stringContaining('approval_denied') });
});

test('a file that changed since is stale', async () => {
  const { id, plan } = await asked();
  expect((await cli.run(['approvals', 'grant', id, '--key', alice.privateFile])).code).toBe(0);
  await chmod(file, 0o606);
  expect(await cli.run(['apply', plan])).toMatchObject({ code: 5, stderr: expect.stringContaining('stale') });
  expect(await mode()).toBe('606');
});

test('two processes that use one yes at once run it once', async () => {
  const { id, plan } = await asked();
  await cli.run(['approvals', 'grant', id, '--key', alice.privateFile]);
  const ended = await Promise.all([cli.run(['apply', plan]), cli.run(['apply', plan]), cli.run(['apply', plan])]);
  expect(ended.map(({ code }) => code).sort()).toEqual([0, 5, 5]);
  const records = await cli.run(['evidence', 'list', '--type', 'execution.intended', '--json']);
  expect(JSON.parse(records.stdout).records).toHaveLength(1);
});

test('a second approver needs the first one’s signature', async () => {
  const bob = await writeKeyFiles(cli.path('bob'), 'bob');
  expect((await cli.run(['approvers', 'add', 'bob', bob.publicFile])).code).toBe(4);
  expect((await cli.run(['approvers', 'add', 'bob', bob.publicFile, '--key', bob.privateFile])).code).toBe(3);
  expect((await cli.run(['approvers', 'add', 'bob', bob.publicFile, '--key', alice.privateFile])).code).toBe(0);
  const listed = await cli.run(['approvers', 'list', '--json']);
  expect(JSON.parse(listed.stdout).approvers).toMatchObject([{ name: 'alice' }, { name: 'bob' }]);
  expect(await readFile(`${cli.home}/approvers`, 'utf8')).toMatch(/^alice .*\nbob .*\n$/);
});

test('the freeze stops changes, leaves reads, and needs a signature to end', async () => {
  expect((await cli.run(['freeze', '--reason', 'look'])).code).toBe(0);
  expect((await ask()).code).toBe(3);
  expect((await cli.run(['perform', 'file.stat', 'localhost', `path=${file}`])).code).toBe(0);
  expect((await cli.run(['unfreeze'])).code).toBe(4);
  const statement = (await cli.run(['unfreeze', '--statement'])).stdout;
  const signature = (await signStatement(statement, alice.privateFile, ''))._unsafeUnwrap();
  expect((await cli.run(['unfreeze', '--signature', '-'], { stdin: signature })).code).toBe(0);
  expect((await cli.run(['freeze', '--show', '--json'])).stdout).toBe('{"frozen":false}\n');
  expect((await ask()).code).toBe(4);
});

test('the asker takes an ask back, and a yes that nobody needs any more is revoked', async () => {
  const first = await asked();
  expect((await cli.run(['approvals', 'withdraw', first.id])).code).toBe(0);
  expect((await cli.run(['approvals', 'grant', first.id, '--key', alice.privateFile])).code).toBe(3);
  const second = await asked();
  expect(second.id).not.toBe(first.id);
  expect((await cli.run(['approvals', 'grant', second.id, '--key', alice.privateFile])).code).toBe(0);
  expect((await cli.run(['approvals', 'revoke', second.id, '--reason', 'the wrong one'])).code).toBe(0);
  expect((await cli.run(['apply', second.plan])).code).toBe(4);
  expect(await mode()).toBe('666');
  expect((await cli.run(['approvals', 'revoke', second.id])).code).toBe(3);
});

test('waiting ends with the answer', async () => {
  const { id } = await asked();
  expect((await cli.run(['approvals', 'wait', id, '--seconds', '0'])).code).toBe(4);
  const waiting = cli.start(['approvals', 'wait', id]);
  expect(await cli.run(['approvals', 'grant', id, '--key', alice.privateFile])).toMatchObject({ code: 0 });
  expect(await waiting.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('granted') });
  expect((await cli.run(['approvals', 'wait', 'appr-none'])).code).toBe(2);
  expect((await cli.run(['approvals', 'wait', id, '--seconds', 'long'])).code).toBe(2);
});

test('figures tell how often people are asked and how they answer', async () => {
  const { id } = await asked();
  await cli.run(['approvals', 'deny', id]);
  const { stdout } = await cli.run(['approvals', 'stats', '--json']);
  expect(JSON.parse(stdout).stats).toMatchObject({ asked: 1, answered: 1, deniedShare: 1, byStatus: { denied: 1 } });
});
