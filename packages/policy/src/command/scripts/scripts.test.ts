import { describe, expect, it } from 'vitest';
import { scanAwk } from './awk.js';
import type { Scan } from './scan.js';
import { scanSed } from './sed.js';

const onlyPrints = ({ reads, writes, runs, network, unknown }: Scan): boolean =>
  !runs && !network && [...reads, ...writes, ...unknown].length === 0;

describe('a script of sed', () => {
  it.each([
    '1,20p',
    '/start/,/end/p',
    's/a/b/g',
    's#a/b#c#2p',
    's/[^/]*$//',
    '$!{N;D}',
    'y/abc/xyz/',
    '/x/!d;=;l',
    ':a;N;$!ba;s/\\n/ /g',
    '0~3d',
    'a text; w here is text',
    's/w x/e y/',
  ])('only prints: %s', (script) => {
    expect(onlyPrints(scanSed(script))).toBe(true);
  });

  it.each([
    ['w /tmp/x', { writes: ['/tmp/x'] }],
    ['/a/w /tmp/x', { writes: ['/tmp/x'] }],
    ['s/a/b/gw /tmp/x', { writes: ['/tmp/x'] }],
    ['s/[/]/b/w x', { writes: ['x'] }],
    ['s/\\//b/w x', { writes: ['x'] }],
    ['r /etc/shadow', { reads: ['/etc/shadow'] }],
    ['1e id', { runs: true }],
    ['$!{$!N};e id', { runs: true }],
    ['s/a/b/e', { runs: true }],
    ['a\\\ntext\nw x', { writes: ['x'] }],
  ])('is seen to do more: %s', (script, found) => {
    expect(scanSed(script)).toMatchObject(found);
  });

  it.each(['s/a', 'v', 's/a/b/!', '/a', 's/[\\]/]/b/w x'])('is unknown where it is not understood: %s', (script) => {
    expect(scanSed(script).unknown).not.toEqual([]);
  });
});

describe('a program of awk', () => {
  it.each([
    '{print $1}',
    '$9 >= 500 {print $7, $9}',
    '/error/ {c++} END {print c}',
    'BEGIN{FS=":"} $3>1000 {print $1" -> "$6}',
    '{print ($3-$4)/1024, $5/1024}',
    'a || b {printf "%s\\n", $1}',
    '{ if ($1 > 3) { print $2 } }',
    '# system\n{print}',
  ])('only prints: %s', (program) => {
    expect(onlyPrints(scanAwk(program))).toBe(true);
  });

  it.each([
    'BEGIN{system("id")}',
    '{print | "sh"}',
    '{print > "/tmp/x"}',
    '{print $1, $2 >> FILENAME ".out"}',
    'BEGIN{"id" | getline x}',
    'BEGIN{while ((getline l < "/etc/shadow") > 0) print l}',
    'BEGIN{print ENVIRON["X"]}',
    '@load "filefuncs"',
    'BEGIN{s="/inet/tcp/0/10.0.0.1/1"; print "x" |& s}',
    '/"/ {print "x" > "/tmp/x"} /"/',
    '"x"/1; {print "y" > "/tmp/x"}; "z"/1',
    'a++ /"/; {print "y" > "/tmp/x"}; b++ /"/',
    'if (1) /"/ ; print "x" > "/tmp/x" ; /"/',
    '/[/"]/ {print "x" > "/tmp/x"} /"/',
    '{print "x',
  ])('is seen to do more, or not understood: %s', (program) => {
    expect(onlyPrints(scanAwk(program))).toBe(false);
  });
});
