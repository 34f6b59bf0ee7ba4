// The one path with every part real: Rego in WebAssembly, SQLite, this machine's processes and files.
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createApprovalDesk,
  createMeshClaw,
  type Inventory,
  type MeshClaw,
  type RefusalOf,
  type Session,
  type Target,
} from '@meshclaw/core';
import { createTestApprover, registryOf } from '@meshclaw/core/testing';
import { type LedgerHandle, openLedger } from '@meshclaw/evidence';
import { local } from '@meshclaw/executors/local';
import { openPolicy } from '@meshclaw/policy';
import { commandRun, fileChmod, fileStat, hostFacts, operations } from '@meshclaw/workflows/operations';
import { okAsync } from 'neverthrow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const localhost: Target = {
  id: 'localhost',
  kind: 'server',
  reach: [{ executor: 'local', settings: {} }],
  platform: {},
  properties: {},
};
const inventory: Inventory = {
  target: (id) => okAsync(id === 'localhost' ? localhost : undefined),
  targets: () => okAsync([localhost]),
};
const dana = createTestApprover('dana');

let folder: string;
let file: string;
let ledger: LedgerHandle;
let mesh: MeshClaw;
let agent: Session;

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'meshclaw-path-')));
  file = join(folder, 'notes.txt');
  writeFileSync(file, 'hello\n');
  chmodSync(file, 0o644);
  ledger = (await openLedger({ folder: join(folder, 'ledger') }))._unsafeUnwrap();
  const policy = (await openPolicy())._unsafeUnwrap();
  mesh = createMeshClaw({
    policy,
    ledger,
    inventory,
    executors: [local()],
    operations,
    approvers: registryOf([dana]),
    platformFrom: 'host.facts',
  })._unsafeUnwrap();
  agent = mesh.as({ subject: { type: 'agent', id: 'codex' }, surface: 'sdk' });
});
afterEach(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);
const ask = async (mode: string) => {
  const refusal = (await agent.perform(fileChmod, 'localhost', { path: file, mode }))._unsafeUnwrapErr();
  expect(refusal.kind).toBe('approval_required');
  return (refusal as RefusalOf<'approval_required'>).approval;
};
const grant = async (id: string) => {
  const desk = createApprovalDesk({ ledger, approvers: registryOf([dana]) });
  const statement = (await desk.statement(id))._unsafeUnwrap();
  return desk.grant(id, { statement, signature: dana.sign(statement) });
};

describe('the one path, on this machine', () => {
  it('reads and records what it read', async () => {
    const facts = (await agent.perform(hostFacts, 'localhost', {}))._unsafeUnwrap();
    expect(facts.output).toMatchObject({ hostname: expect.any(String) });
    const stat = (await agent.perform(fileStat, 'localhost', { path: file }))._unsafeUnwrap();
    expect(stat.output).toMatchObject({ mode: '0644' });
    expect((await ledger.verify())._unsafeUnwrap().defects).toEqual([]);
  });

  it('asks, is approved by a signature, changes, verifies, and refuses a second use', async () => {
    const { id, plan } = await ask('0600');
    expect(modeOf(file)).toBe('644');
    (await grant(id))._unsafeUnwrap();
    expect((await agent.apply(plan))._unsafeUnwrap()).toMatchObject([{ state: 'done' }]);
    expect(modeOf(file)).toBe('600');
    expect((await agent.apply(plan))._unsafeUnwrapErr().kind).toMatch(/^(refused|stale)$/);
    const told = (await ledger.find({ plan, limit: 100 }))._unsafeUnwrap().map(({ type }) => type);
    expect(told).toEqual(
      expect.arrayContaining([
        'plan.created',
        'approval.requested',
        'approval.granted',
        'approval.consumed',
        'execution.intended',
        'execution.finished',
        'observation.recorded',
      ]),
    );
    expect((await ledger.verify())._unsafeUnwrap().defects).toEqual([]);
  });

  it('is stale and changes nothing when the file was replaced after the yes', async () => {
    const { id, plan } = await ask('0600');
    (await grant(id))._unsafeUnwrap();
    rmSync(file);
    writeFileSync(file, 'another file\n');
    chmodSync(file, 0o640);
    expect((await agent.apply(plan))._unsafeUnwrapErr().kind).toBe('stale');
    expect(modeOf(file)).toBe('640');
  });

  it('denies what destroys, names the rule and starts no process', async () => {
    const trap = join(folder, 'precious');
    writeFileSync(trap, 'x');
    const words = ['sh', '-c', `rm -rf / ${trap}`] as [string, ...string[]];
    const refusal = (await agent.perform(commandRun, 'localhost', { argv: words }))._unsafeUnwrapErr();
    expect(refusal).toMatchObject({ kind: 'denied', decision: { class: 'destructive' } });
    const rules = refusal.kind === 'denied' ? refusal.decision.reasons.map(({ rule }) => rule) : [];
    expect(rules).toContain('command.catastrophic');
    expect(readFileSync(trap, 'utf8')).toBe('x');
    expect((await ledger.count({ types: ['execution.intended'] }))._unsafeUnwrap()).toBe(0);
  });

  it('runs a command that is proved to only read at once, under freeze too, in the very bytes that were judged', async () => {
    (await ledger.append([{ type: 'freeze.set', body: { reason: 'test' } }]))._unsafeUnwrap();
    const text = `cat '${file}' | wc -c`;
    const done = (await agent.perform(commandRun, 'localhost', { text }))._unsafeUnwrap();
    expect(done.output).toMatchObject({ exitCode: 0, stdout: '6\n' });
    expect((await ledger.count({ types: ['execution.intended'] }))._unsafeUnwrap()).toBe(0);
    const [decided] = (
      await ledger.find({ types: ['decision.made'], order: 'newest_first', limit: 1 })
    )._unsafeUnwrap();
    expect(decided?.body).toMatchObject({
      effect: 'read_state',
      request: { action: { class: 'judged', argv: ['sh', '-c', text] } },
      decision: { class: 'read' },
    });
    const write = (await agent.perform(commandRun, 'localhost', { text: `${text} > /tmp/x` }))._unsafeUnwrapErr();
    expect(write).toMatchObject({ kind: 'denied' });
  });

  it('refuses everything but reading under freeze', async () => {
    (await ledger.append([{ type: 'freeze.set', body: { reason: 'test' } }]))._unsafeUnwrap();
    expect(
      (await agent.perform(fileChmod, 'localhost', { path: file, mode: '0600' }))._unsafeUnwrapErr(),
    ).toMatchObject({
      kind: 'denied',
      decision: { reasons: [{ rule: 'any.freeze' }] },
    });
    expect((await agent.perform(fileStat, 'localhost', { path: file })).isOk()).toBe(true);
  });

  it('runs an approved command once for eight simultaneous callers', async () => {
    const counter = join(folder, 'count');
    const input = { argv: ['sh', '-c', `echo ran >> ${counter}`] as [string, ...string[]] };
    const refusal = (await agent.perform(commandRun, 'localhost', input))._unsafeUnwrapErr();
    (await grant((refusal as RefusalOf<'approval_required'>).approval.id))._unsafeUnwrap();
    const ended = await Promise.all(Array.from({ length: 8 }, () => agent.perform(commandRun, 'localhost', input)));
    expect(ended.filter((one) => one.isOk())).toHaveLength(1);
    expect(readFileSync(counter, 'utf8')).toBe('ran\n');
  });
});
