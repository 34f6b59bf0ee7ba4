import { readFileSync, rmSync } from 'node:fs';
import type { ExecutorSession, Exited } from '@meshclaw/core';
import { captured, exited } from '@meshclaw/core/testing';
import { local } from '@meshclaw/executors/local';
import { afterAll, describe, expect, it } from 'vitest';
import { DEBIAN, installApplets } from '../_testing/index.js';
import { JOURNAL_FILTER } from './_log/journal-script.js';
import { logJournal } from './log.js';

const SYSTEMD = { ...DEBIAN, init: 'systemd' as const };
const fixture = (name: string) =>
  readFileSync(new URL(`__fixtures__/${name}.jsonl`, import.meta.url), 'utf8').replace(/^#.*\n/, '');
const input = logJournal.input.parse({});
const TEXT = fixture('journal');
const SAID = 'journal=readable\nlines=10\nmore=0\ncut=0\n';
const read = (stdout: string, stderr: string, asked = input) =>
  logJournal.parse(exited(stdout, 0, stderr), asked, SYSTEMD).map((journal) => logJournal.output.parse(journal));

const bounds = { executionId: 'test', timeoutMs: 10_000, maxOutputBytes: 1_000_000 };
const session: ExecutorSession = (await local().open({}, bounds))._unsafeUnwrap();
const applets = await installApplets(session);
const AWKS = ['awk', ...(applets ? [`${applets.folder}/awk`] : [])];
afterAll(() => {
  if (applets) rmSync(applets.folder, { recursive: true });
});
/** The filter on these lines, by a real awk. */
async function filtered(awk: string, text: string, limit = 1000, most = 1_000_000): Promise<Exited> {
  const argv = [awk, '-v', `limit=${limit}`, '-v', `most=${most}`, JOURNAL_FILTER] as const;
  const outcome = (await session.perform({ kind: 'command', argv, as: 'login', stdin: text }, bounds))._unsafeUnwrap();
  if (outcome.kind !== 'exited') throw new Error(`the outcome is ${outcome.kind}`);
  return { ...outcome, stderr: captured(`journal=readable\n${outcome.stderr.text}`) };
}

describe('log.journal', () => {
  it('reads entries, oldest first, with unit, run and priority', () => {
    const { answer, entries, cursor } = read(TEXT, SAID)._unsafeUnwrap();
    expect(answer).toBe('entries');
    expect(entries.map(({ priority, unit, identifier, message }) => [priority, unit, identifier, message])).toEqual([
      ['info', 'oddlog.service', 'systemd', 'Starting oddlog.service - Logs odd things...'],
      ['info', 'oddlog.service', 'oddlog', 'plain line'],
      ['err', 'oddlog.service', 'oddlog', 'bytes \ufffd\ufffd here, café'],
      ['warning', 'oddlog.service', 'oddlog', 'two \u001b[31mred\u001b[0m words'],
      ['info', 'oddlog.service', 'oddlog', null],
      ['notice', 'oddlog.service', 'oddlog', '{"asked":"with \\"quotes\\"","path":"C:\\\\dir"}'],
      ['info', 'oddlog.service', 'oddlog', 'tab\there'],
      ['notice', 'oddlog.service', 'systemd', expect.stringContaining('status=3/NOTIMPLEMENTED')],
      ['warning', 'oddlog.service', 'systemd', "oddlog.service: Failed with result 'exit-code'."],
      ['err', 'oddlog.service', 'systemd', 'Failed to start oddlog.service - Logs odd things.'],
    ]);
    expect(new Set(entries.map(({ invocation }) => invocation))).toEqual(new Set(['2ecb2566f53e407ea38a1b4b1d417151']));
    expect(entries[0]).toMatchObject({ at: '2026-11-25T09:59:21.797Z', pid: 1 });
    expect(cursor).toBe(entries.at(-1)?.cursor);
  });

  it('reads the bytes that journalctl tells of what is no text, as they come', () => {
    const asked = logJournal.input.parse({ cursor: 's=a9;i=1' });
    const { entries } = read(fixture('journal-bytes'), SAID, asked)._unsafeUnwrap();
    expect(entries.map(({ message }) => message)).toContain('bytes \ufffd\ufffd here, café');
    expect(entries.map(({ message }) => message)).toContain('two \u001b[31mred\u001b[0m words');
  });

  it.each([
    ['no_entries', 'journal=readable\nlines=0\nmore=0\ncut=0\n'],
    ['no_access', 'journal=hidden\n'],
    ['no_journal', 'journal=absent\n'],
  ])('tells %s from the others', (answer, stderr) => {
    expect(read('', stderr)._unsafeUnwrap()).toMatchObject({ answer, entries: [], cursor: null });
  });

  it('says when there are more, and when some were left out', () => {
    const { more, cut } = read(TEXT, SAID.replace('more=0\ncut=0', 'more=1\ncut=1'))._unsafeUnwrap();
    expect([more, cut]).toEqual([true, true]);
  });

  it('counts what it cannot read, also lines that a redaction has swallowed', () => {
    const lines = TEXT.trimEnd().split('\n');
    const broken = [lines[0]?.slice(0, 40), ...lines.slice(1, 8)].join('\n');
    const { entries, unread } = read(`${broken}\n`, SAID)._unsafeUnwrap();
    expect([entries.length, unread]).toEqual([7, 3]);
  });

  it.each([
    ['says nothing', '', ''],
    ['lost its end', TEXT, 'journal=readable\n'],
    ['has entries that cannot be read alone', 'nonsense\n', SAID],
    ['lost its entries', '', SAID],
  ])('is no answer when it %s', (_, stdout, stderr) => {
    expect(read(stdout, stderr)._unsafeUnwrapErr().kind).toBe('unparseable_output');
  });

  it('asks for the newest without a cursor and for what came after one, in times without a zone', () => {
    const words = (asked: object) => {
      const action = logJournal.action(logJournal.input.parse(asked), SYSTEMD);
      return action.kind === 'command' ? action.argv.slice(4) : [];
    };
    const since = '2026-11-25T09:59:21.797Z';
    expect(words({ unit: 'nginx', since, until: since, priority: 'err', lines: 5 })).toEqual([
      ...['5', 'newest', '--unit=nginx.service', '--priority=err', '--since=@1795600761', '--until=@1795600762'],
    ]);
    expect(words({ cursor: 's=a9;i=1f' })).toEqual(['200', 'oldest', '--after-cursor=s=a9;i=1f']);
  });

  it.each([
    { cursor: '--vacuum-size=1' },
    { cursor: 's=a9;i=1\n' },
    { cursor: 's=a9;i=1', since: '2026-01-01T00:00:00Z' },
    { since: 'yesterday' },
    { since: '2026-01-01T00:00:00+02:00' },
    { unit: '*' },
    { priority: '3..4' },
    { lines: 0 },
    { lines: 1001 },
    { follow: true },
  ])('does not take %j', (asked) => {
    expect(logJournal.input.safeParse(asked).success).toBe(false);
  });

  it('is unsupported without systemd', () => {
    expect(logJournal.action(input, DEBIAN).kind).toBe('unsupported');
  });
});

describe.each(AWKS)('the filter of the journal by %s', (awk) => {
  it('turns fields of bytes into text and leaves everything else as it is', async () => {
    const { stdout, stderr } = await filtered(awk, fixture('journal-bytes'));
    expect(stdout.text).not.toMatch(/"MESSAGE":\[/);
    const plain = fixture('journal-bytes')
      .split('\n')
      .filter((line) => !line.includes(':['));
    for (const line of plain) expect(stdout.text).toContain(line);
    expect(read(stdout.text, stderr.text)._unsafeUnwrap()).toMatchObject({ unread: 0, entries: { length: 10 } });
  });

  it('writes any bytes as JSON', async () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte);
    const { stdout } = await filtered(awk, `{"A":[${bytes.join(',')}],"B":"[1,2]","C":"\\",\\"D\\":[1]"}\n`);
    const text = new TextDecoder().decode(Uint8Array.from(bytes));
    expect(JSON.parse(stdout.text)).toEqual({ A: text, B: '[1,2]', C: '","D":[1]' });
  });

  it('stops at the wanted number of lines and of bytes, and says so', async () => {
    const { stdout, stderr } = await filtered(awk, fixture('journal-bytes'), 3);
    expect(stdout.text.split('\n')).toHaveLength(4);
    expect(stderr.text).toContain('lines=3\nmore=1\ncut=0\n');
    const small = await filtered(awk, fixture('journal-bytes'), 1000, 1200);
    expect(small.stderr.text).toMatch(/lines=2\nmore=0\ncut=1\n/);
  });
});
