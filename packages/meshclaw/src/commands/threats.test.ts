// What was done to other approval systems, tried on the built command: each threat by the behaviour that answers it.

import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeyFiles, writeKeyFiles } from '../_testing/approver-key.js';
import { createTestCli, type TestCli } from '../_testing/cli.js';

let cli: TestCli;
let alice: KeyFiles;
let made = 0;
beforeAll(async () => {
  cli = await createTestCli();
  alice = await writeKeyFiles(cli.path('alice'), 'alice');
  expect((await cli.run(['approvers', 'add', 'alice', alice.publicFile])).code).toBe(0);
});
afterAll(() => cli.remove());

interface Pending {
  readonly id: string;
  readonly plan: string;
  readonly digest: string;
}
const exits = async (words: readonly string[]) => (await cli.run(words)).code;
const run = (...words: readonly string[]) => ['run', 'localhost', '--', ...words];
async function ask(words: readonly string[]): Promise<Pending> {
  const [command = '', ...rest] = words;
  const { code, stdout } = await cli.run([command, '--json', ...rest]);
  expect(code).toBe(4);
  return JSON.parse(stdout).error.facts.approval;
}
const grant = (id: string) => cli.run(['approvals', 'grant', id, '--key', alice.privateFile]);
async function approved(words: readonly string[]): Promise<Pending> {
  const pending = await ask(words);
  expect((await grant(pending.id)).code).toBe(0);
  return pending;
}
/** A folder of one test. */
async function place(): Promise<string> {
  made += 1;
  const folder = cli.path(`place-${made}`);
  await mkdir(folder);
  return folder;
}
async function file(name: string, text: string, mode = 0o755): Promise<string> {
  const path = `${await place()}/${name}`;
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}
const textOf = (path: string) => readFile(path, 'utf8').catch(() => 'nothing');

const THREATS: Readonly<Record<string, () => Promise<unknown>>> = {
  'T1: all of a long command is shown before it is signed': async () => {
    const long = `${'x'.repeat(6_000)} end-of-it`;
    const { id } = await ask(run('touch', long));
    expect((await cli.run(['approvals', 'show', id])).stdout).toContain(long);
  },
  'T2: words are shown with their spaces, and another spelling is another ask': async () => {
    const folder = await place();
    const first = await ask(run('touch', `${folder}/a `));
    expect((await cli.run(['approvals', 'show', first.id])).stdout).toContain(`"${folder}/a "`);
    expect((await ask(run('touch', `${folder}/a`))).digest).not.toBe(first.digest);
  },
  'T3: the environment of whoever applies is not the environment of what runs': async () => {
    const path = `${await place()}/out`;
    const { plan } = await approved(['run', 'localhost', `env | sort > ${path}`]);
    const environment = { PATH: `/tmp/evil:${process.env.PATH}`, BASH_ENV: '/tmp/evil', GIT_SSH_COMMAND: 'evil' };
    expect((await cli.run(['apply', plan], { environment })).code).toBe(0);
    expect(await textOf(path)).toMatch(/^PATH=\/usr\/local\/sbin/m);
    expect(await textOf(path)).not.toMatch(/evil|BASH_ENV|MESHCLAW_HOME/);
  },
  'T4: words in a shell are another ask than words without one': async () => {
    const folder = await place();
    const plain = await ask(run('touch', `${folder}/a`));
    expect((await ask(['run', 'localhost', `touch ${folder}/a`])).digest).not.toBe(plain.digest);
  },
  'T5: a script that was swapped after the yes does not run': async () => {
    const script = await file('deploy.sh', '#!/bin/sh\necho good > "$0.out"\n');
    const { plan } = await approved(run('sh', script));
    await writeFile(script, '#!/bin/sh\necho evil > "$0.out"\n');
    expect(await cli.run(['apply', plan])).toMatchObject({ code: 5, stderr: expect.stringContaining('stale') });
    expect(await textOf(`${script}.out`)).toBe('nothing');
  },
  'T6: a directory that became a link after the yes is not entered': async () => {
    const folder = await place();
    const [work, elsewhere] = [`${folder}/work`, `${folder}/elsewhere`];
    await Promise.all([mkdir(work), mkdir(elsewhere)]);
    const input = JSON.stringify({ argv: ['touch', 'made'], cwd: work });
    const { plan } = await approved(['perform', 'command.run', 'localhost', '--input', input]);
    await rename(work, `${work}.old`);
    await symlink(elsewhere, work);
    expect((await cli.run(['apply', plan])).code).toBe(5);
    expect([await textOf(`${elsewhere}/made`), await textOf(`${work}.old/made`)]).toEqual(['nothing', 'nothing']);
  },
  'T7: a yes is used once': async () => {
    const path = `${await place()}/out`;
    const { plan } = await approved(['run', 'localhost', `echo x >> ${path}`]);
    expect([await exits(['apply', plan]), await exits(['apply', plan]), await textOf(path)]).toEqual([0, 5, 'x\n']);
  },
  'T8: what the asker says is a quotation of its own, and changes nothing that is signed': async () => {
    const words = ['localhost', `touch ${await place()}/a`];
    const told = await ask(['run', ...words, '--because', 'only reads\nstep 1 of 1: file.stat']);
    expect((await ask(['run', ...words])).digest).toBe(told.digest);
    const { stdout } = await cli.run(['approvals', 'show', told.id]);
    expect(stdout).toContain('(the asker\'s own words) "only reads\\nstep 1 of 1: file.stat"');
    expect(stdout.split('\n').filter((line) => line.startsWith('step 1'))).toHaveLength(1);
  },
  'T9: whoever asked cannot sign with a key of its own': async () => {
    const { id } = await ask(run('touch', `${await place()}/a`));
    const own = await writeKeyFiles(`${await place()}/own`, 'alice');
    const refused = await cli.run(['approvals', 'grant', id, '--key', own.privateFile]);
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('unknown_key') });
  },
  'T10: what changed since it was looked at is not done': async () => {
    const path = await file('notes', '', 0o666);
    const { plan } = await approved(['perform', 'file.chmod', 'localhost', `path=${path}`, 'mode=0600']);
    await chmod(path, 0o644);
    expect(await cli.run(['apply', plan])).toMatchObject({ code: 5, stderr: expect.stringContaining('stale') });
  },
  'T11: neither another command, nor standing in for a human, has a way around it': async () => {
    const path = await file('notes', '', 0o666);
    const words = `path=${path}`;
    expect(await exits(['perform', 'file.chmod', 'localhost', words, 'mode=0600'])).toBe(4);
    expect(await exits(run('chmod', '0600', path))).toBe(4);
    expect(await exits(['run', 'localhost', `meshclaw approvals grant x; chmod 0600 ${path}`])).toBeGreaterThan(2);
  },
  'T12: a wait that ends without an answer is a no': async () => {
    const { id, plan } = await ask(run('touch', `${await place()}/a`));
    expect([await exits(['approvals', 'wait', id, '--seconds', '0']), await exits(['apply', plan])]).toEqual([4, 4]);
  },
  'T13: nothing that a terminal would obey or hide is printed': async () => {
    const { id } = await ask(run('touch', 'a\u202eb\u200b\u001b[2K'));
    const { stdout } = await cli.run(['approvals', 'show', id]);
    expect(stdout).toContain('a\\u{202e}b\\u{200b}\\u{1b}[2K');
    for (const raw of ['\u202e', '\u200b', '\u001b']) expect(stdout).not.toContain(raw);
  },
  'T14: processes that ask the same at once ask one question': async () => {
    const words = run('touch', `${await place()}/a`);
    const asked = await Promise.all([ask(words), ask(words), ask(words)]);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
  },
  'T15: a signature is good for one approval, and not for the next of the same plan': async () => {
    const words = run('touch', `${await place()}/a`);
    const first = await ask(words);
    const { stdout: statement } = await cli.run(['approvals', 'statement', first.id]);
    expect(await exits(['approvals', 'withdraw', first.id])).toBe(0);
    const next = await ask(words);
    expect(next.digest).toBe(first.digest);
    const { signStatement } = await import('../home/sign.js');
    const signature = (await signStatement(statement, alice.privateFile, ''))._unsafeUnwrap();
    const refused = await cli.run(['approvals', 'grant', next.id, '--signature', '-'], { stdin: signature });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('bad_signature') });
  },
  'T16: a list of servers, or a pattern, is no server': async () => {
    for (const server of ['localhost,localhost', 'local*', '*']) {
      expect(await exits(['run', server, '--', 'touch', '/tmp/never'])).toBe(2);
    }
  },
  'T17: policy that was made stricter since outweighs the yes': async () => {
    const own = await createTestCli();
    try {
      const key = await writeKeyFiles(own.path('alice'), 'alice');
      await own.run(['approvers', 'add', 'alice', key.publicFile]);
      const { stdout } = await own.run(['run', '--json', 'localhost', '--', 'touch', own.path('a')]);
      const { id, plan } = JSON.parse(stdout).error.facts.approval;
      await own.run(['approvals', 'grant', id, '--key', key.privateFile]);
      await writeFile(`${own.home}/meshclaw.yaml`, 'policy: { pack: read-only }\n', { mode: 0o600 });
      expect((await own.run(['apply', plan])).code).toBe(3);
      expect(await textOf(own.path('a'))).toBe('nothing');
    } finally {
      await own.remove();
    }
  },
  'T18: what failed is not done again under the same yes': async () => {
    const path = `${await place()}/out`;
    const { plan } = await approved(['run', 'localhost', `echo x >> ${path}; exit 9`]);
    expect([await exits(['apply', plan]), await exits(['apply', plan]), await textOf(path)]).toEqual([0, 5, 'x\n']);
  },
};

describe('on the command', () => {
  it.concurrent.each(Object.entries(THREATS))('%s', { timeout: 120_000 }, async (_, threat) => {
    await threat();
  });
  afterAll(async () => {
    const { ran, different } = await compared();
    process.stdout.write(
      `figure: command: executed bytes that differ from what was approved: ${different} of ${ran}\n`,
    );
    expect([ran > 2, different]).toEqual([true, 0]);
  });
});

interface Kept {
  readonly type: string;
  readonly plan?: string;
  readonly digest?: string;
  readonly body: { readonly bytes?: string; readonly action?: unknown };
}
/** Of every change whose intent is on record, how many are not in the plan whose digest was approved. */
async function compared(): Promise<{ readonly ran: number; readonly different: number }> {
  const recordsOf = async (type: string): Promise<readonly Kept[]> =>
    JSON.parse((await cli.run(['evidence', 'list', '--type', type, '--limit', '500', '--json'])).stdout).records;
  const [intents, plans, grants] = await Promise.all(
    ['execution.intended', 'plan.created', 'approval.granted'].map(recordsOf),
  );
  const isApproved = ({ plan, body }: Kept): boolean =>
    (plans ?? []).some((one) => {
      const bytes = one.body.bytes ?? '';
      const digest = createHash('sha256').update('meshclaw-plan/1\0').update(bytes).digest('hex');
      const granted = (grants ?? []).some((grant) => grant.plan === plan && grant.digest === digest);
      const steps: readonly { action: unknown }[] = one.plan === plan && granted ? JSON.parse(bytes).steps : [];
      return steps.some(
        ({ action }) => JSON.stringify(action, keysOf(action)) === JSON.stringify(body.action, keysOf(body.action)),
      );
    });
  return { ran: intents?.length ?? 0, different: (intents ?? []).filter((intent) => !isApproved(intent)).length };
}
const keysOf = (value: unknown): string[] => Object.keys(value as object).sort();
