import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadShippedSources } from '../bundle/shipped.js';
import { effectsOf, judgeText } from './_testing/judge.js';
import { parseModel } from './parse-model.js';

const folder = fileURLToPath(new URL('../../../../policies/programs/', import.meta.url));
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort();
const models = files.map((name) => parseModel(readFileSync(folder + name, 'utf8'), `programs/${name}`));

describe('the models of programs', () => {
  it('are what the package ships', () => {
    expect(loadShippedSources().programs).toEqual(models.map((model) => model._unsafeUnwrap()));
  });

  it('name each program once', () => {
    const names = models.flatMap((model) => {
      const { program, also } = model._unsafeUnwrap() as { program: string; also?: string };
      return [program, ...(also ?? '').split(' ').filter((name) => name !== '')];
    });
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });

  it('spell an option once, because in one list it takes a value and in the other it does not', () => {
    const words = (value: unknown): readonly string[] => String(value ?? '').split(/\s+/);
    const twice = (name: string, { flags, text, options, subcommands }: Record<string, unknown>): readonly string[] => {
      const keys = Object.keys((options ?? {}) as object).flatMap(words);
      const all = [...words(flags), ...words(text), ...keys].filter((word) => word !== '');
      const inside = Object.entries((subcommands ?? {}) as Record<string, Record<string, unknown>>);
      const own = all.filter((word, place) => all.indexOf(word) !== place).map((word) => `${name}: ${word}`);
      return [...own, ...inside.flatMap(([sub, spec]) => twice(`${name} ${sub}`, spec ?? {}))];
    };
    expect(models.flatMap((model, place) => twice(files[place] ?? '', model._unsafeUnwrap()))).toEqual([]);
  });

  it.each([
    ['not: [yaml', /./],
    ['program: x\n', /source/],
    ['program: y\nsource: s\n', /has to be x/],
    ['program: x\nsource: s\nflag: -a\n', /flag/],
    ['program: x\nsource: s\noperands: [eat*]\n', /operands/],
    ['program: x\nsource: s\noperands: [{ takes: text, match: "(" }]\n', /expression/],
    ['program: x\nsource: s\noptions: { "-a": { takes: text, cases: [{ does: change }] } }\n', /options/],
  ])('are refused with file and reason when they are none: %j', (text, why) => {
    const error = parseModel(text, 'programs/x.yaml')._unsafeUnwrapErr();
    expect(error).toMatchObject({ kind: 'policy.invalid_source', diagnostics: [{ file: 'programs/x.yaml' }] });
    expect(error.diagnostics?.[0]?.message).toMatch(why);
  });
});

const unknownOf = (text: string) => judgeText(text).programs.flatMap(({ unknown }) => unknown);

describe('options', () => {
  it.each([
    'ls -la --color=auto',
    'head -20 a',
    'ps aux',
    'tar tf a',
    'sort -k2n -t: a',
    'find / -xdev -size +1M',
    'journalctl -n5',
    'ip -br a',
  ])('are known in every spelling that the program takes: %s', (text) => {
    expect(unknownOf(text)).toEqual([]);
  });

  it.each([
    'ls --recursiv',
    'ls -y',
    'sort --compress-prog x a',
    'ls --all=yes',
    'head -n',
    'ip frobnicate',
    'uniq a b c',
    'cut -c1 -$x',
  ])('are unknown when they are not exactly one: %s', (text) => {
    expect(unknownOf(text)).not.toEqual([]);
  });

  it.each([
    ['sort -o /srv/out /srv/in', ['truncate /srv/out', 'read /srv/in']],
    ['sort -uo/srv/out /srv/in', ['truncate /srv/out', 'read /srv/in']],
    ['sed -i s/a/b/ /srv/a', ['truncate /srv/a']],
    ['uniq /srv/a /srv/b', ['read /srv/a', 'truncate /srv/b']],
    ['dd if=/srv/a of=/srv/b', ['read /srv/a', 'truncate /srv/b']],
    ['tar -cf /srv/a.tar /srv/b', ['truncate /srv/a.tar', 'read /srv/b']],
    ['tar tf /srv/a.tar', ['read /srv/a.tar']],
    ['find /srv -delete', ['delete /srv']],
    ['rm -- -rf', ['delete /~/-rf']],
    ['mv -t /srv /tmp/a', ['truncate /srv/a', 'delete /tmp/a']],
    ['curl -o /dev/null http://localhost/', ['lookup http://localhost/']],
    ['curl http://localhost:80@a.invalid/', ['connect http://localhost:80@a.invalid/']],
    ['kill $(pidof nginx)', ['signal nginx']],
    ['chmod go-rwx /srv/a', ['harden /srv/a']],
  ])('do what the model says: %s', (text, effects) => {
    expect(effectsOf(judgeText(text))).toEqual(expect.arrayContaining(effects));
  });
});
