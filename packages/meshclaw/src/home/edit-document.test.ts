import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withValue } from './edit-document.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO+/abc==';
const edit = { key: 'host_key', value: KEY, after: ['port', 'host', 'executor'] };
const edited = (text: string, path: readonly (string | number)[]) => withValue(text, path, edit)._unsafeUnwrap();
const refused = (text: string, path: readonly (string | number)[]) => withValue(text, path, edit)._unsafeUnwrapErr();
const WEB = ['servers', 0, 'reach', 0];

describe('a new value', () => {
  it('is one line more; everything else, comments too, stays byte by byte', () => {
    const before = [
      '# mine',
      'servers:',
      '- name: web1   # the first',
      '  reach:',
      '    - executor: ssh',
      '      host: 10.0.0.7    # in the rack',
      '      # its port:',
      '      port: 2222 # odd',
      '      user: deploy',
      '  tags:   [ a,b ]',
      '',
      '',
    ];
    const after = [...before.slice(0, 8), `      host_key: ${KEY}`, ...before.slice(8)];
    expect(edited(before.join('\n'), WEB)).toBe(after.join('\n'));
  });

  it.each([
    [
      'the last line without an end',
      'servers:\n  - reach:\n      - executor: ssh\n        host: a',
      `\n        host_key: ${KEY}`,
    ],
    [
      'lines that end with CR LF',
      'servers:\r\n  - reach:\r\n      - executor: ssh\r\n        host: a\r\n',
      `        host_key: ${KEY}\r\n`,
    ],
  ])('fits %s', (_what, text, added) => {
    expect(edited(text, WEB)).toBe(text + added);
  });

  it('fits braces, and quotes where everything has quotes', () => {
    expect(edited('servers: [{reach: [{executor: ssh, host: a}]}] # x\n', WEB)).toBe(
      `servers: [{reach: [{executor: ssh, host: a, host_key: ${KEY}}]}] # x\n`,
    );
    const json = JSON.stringify({ servers: { web1: { reach: [{ executor: 'ssh', host: 'a', user: 'b' }] } } }, null, 2);
    const text = edited(json, ['servers', 'web1', 'reach', 0]);
    expect(JSON.parse(text).servers.web1.reach[0]).toEqual({ executor: 'ssh', host: 'a', host_key: KEY, user: 'b' });
  });
});

describe('an old value', () => {
  it.each([
    ['plain', 'ssh-rsa OLD'],
    ['quoted', '"ssh-rsa OLD"'],
    ['single-quoted', "'ssh-rsa OLD'"],
  ])('is taken out, also when it is %s', (_form, old) => {
    const text = `servers:\n  - reach:\n      - executor: ssh\n        host_key: ${old}\n        host: a # c\n`;
    const after = edited(text, WEB);
    expect(parse(after).servers[0].reach[0]).toEqual({ executor: 'ssh', host_key: KEY, host: 'a' });
    expect(after).toContain('host: a # c\n');
  });
});

describe('a text that cannot be edited safely', () => {
  it.each([
    ['an alias', 'ways: &w [{executor: ssh, host: a}]\nservers:\n  - reach: *w\n'],
    ['a merge of another map', 'x: &x {executor: ssh}\nservers:\n  - reach:\n      - *x\n'],
    ['a place that is not there', 'servers: []\n'],
    ['broken YAML', 'servers: [\n'],
    [
      'a folded value',
      'servers:\n  - reach:\n      - executor: ssh\n        host_key: >-\n          a\n          b\n        host: a\n',
    ],
  ])('is left alone: %s', (_what, text) => {
    expect(refused(text, WEB)).toMatch(/^the e/);
  });
});
