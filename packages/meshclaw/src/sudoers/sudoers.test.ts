import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, defineChange, defineRead, type Operation, type Platform, script, unsupported } from '@meshclaw/core';
import { operations } from '@meshclaw/workflows/operations';
import { ok } from 'neverthrow';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RootNeed, rootNeed } from './root-commands.js';
import { sudoersBytes } from './sudoers-text.js';

const visudo = ['/usr/sbin/visudo', '/usr/local/sbin/visudo'].find((path) => existsSync(path));
const folder = mkdtempSync(join(tmpdir(), 'meshclaw-sudoers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const common = { title: 'A sample', description: 'of a test', on: 'server', via: 'command' } as const;
const nothing = { output: z.strictObject({}), parse: () => ok({}) } as const;

/** Reads a state, and restarts only what is loaded; on systemd only. */
const state = defineRead({
  ...common,
  name: 'sample.state',
  input: z.strictObject({ unit: z.string() }),
  output: z.strictObject({ unit: z.string(), load: z.enum(['missing', 'loaded']) }),
  action: ({ unit }) => script('status "$1"', [unit]),
  parse: () => ok({ unit: '', load: 'loaded' as const }),
});
const restart = defineChange({
  ...common,
  ...nothing,
  name: 'sample.restart',
  class: 'write',
  needs: ['init'],
  idempotent: false,
  dryRun: 'none',
  input: z.strictObject({ unit: z.string().regex(/\.service$/) }),
  observes: { operation: state, input: ({ unit }) => ({ unit }), pick: (found) => found },
  action: ({ unit }, { init }, before) => {
    if (init !== 'systemd' || before.load !== 'loaded' || before.unit !== unit) return unsupported('not here');
    return script('# careful\nsystemctl restart -- "$1"', [unit, before.load], 'root');
  },
  verify: { none: 'a sample' },
  undo: { none: 'a sample' },
});
const read = (action: () => ReturnType<typeof command>): Operation =>
  defineRead({ ...common, ...nothing, name: 'sample.read', input: z.strictObject({ word: z.string() }), action });

const debian: Platform = { os: 'linux', init: 'systemd', packages: 'apt', userland: 'gnu' };

describe('what an operation needs', () => {
  it('is found through its enums, its observation and its platform', () => {
    const need = { operation: 'sample.restart', when: 'always', problems: [], commands: [{ kind: 'script' }] };
    expect(rootNeed(restart, debian)).toMatchObject(need);
    expect(rootNeed(restart, {})).toMatchObject(need);
    expect(rootNeed(restart, { init: 'openrc' })).toBeUndefined();
    expect(rootNeed(state, debian)).toBeUndefined();
  });

  it('is said to be asked for where the login can do without; unknown facts take every variant', async () => {
    const chmod = await operations['file.chmod']?.();
    if (!chmod) throw new Error('file.chmod is gone');
    expect(rootNeed(chmod, debian)).toMatchObject({ when: 'asked', commands: [{ kind: 'script' }] });
    expect(rootNeed(chmod, {})?.commands.length).toBeGreaterThan(1);
  });

  it('is never free text', async () => {
    const run = await operations['command.run']?.();
    expect(run && rootNeed(run, debian)).toBeUndefined();
  });

  it('is a problem where a wildcard would be needed, or a program could be anybody’s', () => {
    const problems = (action: () => ReturnType<typeof command>) => rootNeed(read(action), debian)?.problems;
    expect(problems(() => command(['/sbin/ip', '-V'], 'root'))).toEqual([]);
    expect(problems(() => command(['ip', '-V'], 'root'))).toEqual(['ip is not named by its whole path']);
    const spliced = read((({ word }: { word: string }) => command(['/bin/rm', word], 'root')) as never);
    expect(rootNeed(spliced, debian)).toMatchObject({ commands: [], problems: [expect.stringContaining('as words')] });
    const inText = read((({ word }: { word: string }) => script(`rm ${word}`, [], 'root')) as never);
    expect(rootNeed(inText, debian)).toMatchObject({
      commands: [],
      problems: [expect.stringContaining('in its text')],
    });
  });
});

describe('the drop-in', () => {
  const check = (bytes: Buffer) => {
    const path = join(folder, 'drop-in');
    writeFileSync(path, bytes, { mode: 0o440 });
    return spawnSync(visudo ?? '', ['-cf', path], { encoding: 'utf8' });
  };
  const dropIn = (granted: readonly RootNeed[]) => sudoersBytes({ server: 'web1', login: 'deploy', granted, left: [] });
  const scriptOf = (text: string): RootNeed => ({
    operation: 'sample.x',
    title: 'A sample',
    when: 'always',
    commands: [{ kind: 'script', text }],
    problems: [],
  });

  it('is accepted by visudo for every operation of this installation, on every platform', async ({ skip }) => {
    if (visudo === undefined) return skip('needs visudo');
    const all = await Promise.all(Object.values(operations).map((load) => load()));
    const needs = all.flatMap((operation) => rootNeed(operation, {}) ?? []);
    const bytes = dropIn(needs);
    expect(needs.flatMap(({ problems }) => problems)).toEqual([]);
    expect(bytes.toString('latin1').match(/^deploy ALL=\(root\) NOPASSWD: \/bin\/sh -c /gm)?.length).toBeGreaterThan(
      needs.length,
    );
    expect(check(bytes)).toMatchObject({ status: 0 });
  });

  it('is comments alone when nothing is needed, and visudo finds what is wrong', ({ skip }) => {
    if (visudo === undefined) return skip('needs visudo');
    expect(dropIn([]).toString()).toBe('# MeshClaw on web1: nothing has to be allowed to deploy.\n');
    expect(check(dropIn([])).status).toBe(0);
    expect(check(Buffer.from('deploy ALL=(root NOPASSWD: /bin/sh\n')).status).not.toBe(0);
  });

  it('keeps every byte of a script: what sudo reads back is the script', ({ skip }) => {
    const parser = '/usr/bin/cvtsudoers';
    if (!existsSync(parser)) return skip('needs cvtsudoers');
    const text = 'a  b\tc:d,e=f#g\\h\\\\i*j?k[l]m!n^o "p" \'q\' $r ü';
    const path = join(folder, 'read-back');
    writeFileSync(path, dropIn([scriptOf(text)]), { mode: 0o440 });
    const json = JSON.parse(execFileSync(parser, ['-f', 'json', path], { encoding: 'latin1' }));
    const [found] = json.User_Specs[0].Cmnd_Specs[0].Commands;
    // What is left are the escapes of the pattern that sudo matches with (fnmatch(3)).
    const pattern = Buffer.from(found.command, 'latin1').toString('utf8');
    expect(pattern.replace(/\\(.)/g, '$1')).toBe(`/bin/sh -c ${text} meshclaw *`);
  });
});
