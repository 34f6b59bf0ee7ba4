// What a shell really hands to programs, against what the facts say it would.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJudge, loadShippedBundle, type PolicyBundle } from '@meshclaw/policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rows } from './ask.js';

const { programs, parameters } = (loadShippedBundle() as PolicyBundle).data.meshclaw as never;
const judge = createJudge(programs, parameters);
/** Shells have these themselves, so no stub sees them. */
const BUILTIN = [
  'echo',
  'printf',
  'true',
  'false',
  ':',
  'test',
  '[',
  'cd',
  'command',
  'type',
  'ulimit',
  'kill',
  'exec',
];

const QUOTING = [
  `ls 'a b' "c d" e\\ f`,
  `ls a"b"'c'\\d "\\$x" "\\\\" '\\'`,
  `ls '' "" a''b`,
  'ls a\\\nb; ls c',
  `l's' a; "ls" b; \\ls c`,
  'ls a#b # comment',
  'ls a;ls b&&ls c||ls d',
  'ls a | grep b | wc -l',
  '(ls a; ls b) | cat',
  '{ ls a; ls b; }',
  '! ls a',
  "cat <<'EOF'\n$x `id`\nEOF",
  'cat <<-EOF\n\ta\n\tEOF\nls b',
  'ls 2>/dev/null a',
  '</dev/null >/dev/null ls a 2>&1 b',
  'ls "~/a" a~ ~/b',
  'ls a=b --c=d -e',
  'LC_ALL=C ls a',
  'ls -- -a --',
  'ls $HOME/a "${HOME}"',
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshclaw-argv-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs text where every program only notes how it was called. */
function seen(text: string, shell: string, names: readonly string[]): readonly (readonly string[])[] {
  const log = join(folder, 'log');
  writeFileSync(log, '');
  // One write a call, so that those of a pipeline do not mix.
  const stub = `#!/bin/sh\nprintf '%s\\0' "\${0##*/}" "$@" END >> '${log}'\n`;
  for (const name of names) {
    writeFileSync(join(folder, name), stub);
    chmodSync(join(folder, name), 0o755);
  }
  spawnSync(`/bin/${shell}`, ['-c', text], { env: { PATH: folder, HOME: '/~' }, cwd: folder, input: '' });
  const calls = readFileSync(log, 'utf8').split('END\0').slice(0, -1);
  return calls.map((call) => call.split('\0').slice(0, -1)).sort();
}

const harmless = rows.filter(({ expected }) => expected === 'read_state').map(({ command }) => command);

describe.each(['sh', 'bash'])('the words that %s hands over', (shell) => {
  it.each([...QUOTING, ...harmless])('are those of the facts: %s', (text) => {
    const facts = judge([shell, '-c', text]);
    const outer = facts.programs.filter(({ name, chain }) => chain.length === 0 && !BUILTIN.includes(name));
    const stated = outer.map(({ name, words }) => [name, ...words]).sort();
    const names = outer.map(({ name }) => name);
    const called = seen(text, shell, names);
    // What comes after a failure or is not reached may be missing; nothing may be called that is not stated.
    for (const call of called) expect(stated).toContainEqual(call);
    expect(called.length).toBeGreaterThan(names.length > 0 ? 0 : -1);
  });
});
