import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { fits, namesIn, parseSshConfig, patternsIn, resolveHost, type SshConfigFile } from './index.js';

const account = { user: 'dana', home: '/home/dana' };
const parsed = (text: string): SshConfigFile => parseSshConfig('/home/dana/.ssh/config', text)._unsafeUnwrap();
const problemsOf = (text: string) => parseSshConfig('config', text)._unsafeUnwrapErr();
const resolved = (text: string, name: string) => resolveHost(parsed(text), name, account);

describe('lines', () => {
  it('are read with =, quotes, escapes, comments and any case, as ssh reads them', () => {
    const text = [
      '# a comment',
      '\tHOST = web1  "web 2" # names',
      '  HostName="10.0.0.7"',
      'Port=2222',
      "IdentityFile '~/keys/my key'",
      'IdentityFile ~/keys/my\\ other\r',
      '',
    ].join('\n');
    expect(parsed(text).directives.map(({ line, keyword, words }) => [line, keyword, ...words])).toEqual([
      [2, 'host', 'web1', 'web 2'],
      [3, 'hostname', '10.0.0.7'],
      [4, 'port', '2222'],
      [5, 'identityfile', '~/keys/my key'],
      [6, 'identityfile', '~/keys/my other'],
    ]);
  });

  it('with a command are kept whole and never split', () => {
    expect(parsed('ProxyCommand ssh -W "%h:%p" # jump').directives[0]?.words).toEqual(['ssh -W "%h:%p" # jump']);
  });

  it.each([
    ['Host "open', 'a quote is not closed'],
    ['Host', '"host" needs a value'],
    ['Port 0', 'the port is no number from 1 to 65535'],
    ['Port 22x', 'the port is no number from 1 to 65535'],
    ['= 1', 'this is no keyword'],
  ])('that ssh would refuse are problems with their place: %s', (line, text) => {
    expect(problemsOf(`\n${line}\n`)).toEqual([{ file: 'config', line: 2, text }]);
  });
});

describe('patterns', () => {
  it.each([
    ['web1', 'web?', true],
    ['web', 'web?', false],
    ['a.example.org', '*.example.org', true],
    ['example.org', '*.example.org', false],
    ['aXbXc', 'a*b*c', true],
    ['aXbX', 'a*b*c', false],
    ['a*', 'a*', true],
    ['', '*', true],
    ['', '', true],
    ['[', '[', true],
  ])('%j and %j: %s', (text, pattern, answer) => {
    expect(fits(text, pattern)).toBe(answer);
  });

  it('agree with a regular expression, and many stars take no time', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(letters, letters, (text, pattern) => {
        const form = pattern.replace(/[*?]/g, (mark) => (mark === '*' ? '[^]*' : '[^]'));
        expect(fits(text, pattern)).toBe(new RegExp(`^${form}$`).test(text));
      }),
    );
    expect(fits('a'.repeat(2_000), `${'*a'.repeat(200)}b`)).toBe(false);
  });
});

describe('a host', () => {
  it('gets the first value that applies, and every identity file', () => {
    const text = [
      'Host web1',
      '  HostName 10.0.0.7',
      '  User deploy',
      '  IdentityFile ~/.ssh/web',
      'Host web*',
      '  HostName 10.9.9.9',
      '  Port 2222',
      'Host *',
      '  User nobody',
      '  IdentityFile ~/.ssh/all',
    ].join('\n');
    expect(resolved(text, 'web1')).toEqual({
      name: 'web1',
      hostName: '10.0.0.7',
      port: 2222,
      user: 'deploy',
      identityFiles: ['~/.ssh/web', '~/.ssh/all'],
      proxyJump: [],
      proxyCommand: false,
      notes: [],
    });
  });

  it('is its own name where nothing is said, and its account is left open', () => {
    expect(resolved('Host other\n  User x\n', 'web1')).toMatchObject({ hostName: 'web1', port: 22, user: undefined });
  });

  it('is left out by a negated pattern, and a negation alone lets nothing in', () => {
    const text = 'Host web* !web3\n  User deploy\nHost !web3\n  Port 99\n';
    expect(resolved(text, 'web1')).toMatchObject({ user: 'deploy', port: 22 });
    expect(resolved(text, 'web3')).toMatchObject({ user: undefined, port: 22 });
  });

  it('has tokens in HostName and IdentityFile put in; what needs more than the file is a note', () => {
    const text = `Host w\n  HostName %h.example.org\n  IdentityFile %d/.ssh/%r@%h-100%%\n  IdentityFile \${KEYS}/a\n  IdentityFile /run/%i/a\n`;
    const host = resolved(text, 'w');
    expect(host).toMatchObject({
      hostName: 'w.example.org',
      identityFiles: ['/home/dana/.ssh/dana@w.example.org-100%'],
    });
    expect(host.notes.map(({ line }) => line)).toEqual([4, 5]);
  });

  it('has its jump hosts in order; of ProxyJump and ProxyCommand the first counts, and "none" is none', () => {
    expect(resolved('Host a\n ProxyJump me@b:2222,ssh://c/\nHost *\n ProxyCommand nc %h\n', 'a')).toMatchObject({
      proxyJump: ['me@b:2222', 'c'],
      proxyCommand: false,
    });
    expect(resolved('Host a\n ProxyCommand nc %h %p\n ProxyJump b\n', 'a')).toMatchObject({
      proxyJump: [],
      proxyCommand: true,
    });
    expect(resolved('Host a\n ProxyJump none\nHost *\n ProxyJump b\n', 'a')).toMatchObject({ proxyJump: [] });
  });
});

describe('Match', () => {
  it('is decided by host, originalhost, user and localuser, each also negated and as name=value', () => {
    const text = [
      'Host web1',
      '  HostName 10.0.0.7',
      'Match originalhost web* host 10.0.*,!10.0.0.9 localuser=dana !user root',
      '  Port 2222',
      'Match host web1',
      '  User wrong',
      'Match all',
      '  User right',
    ].join('\n');
    expect(resolved(text, 'web1')).toMatchObject({ port: 2222, user: 'right', notes: [] });
    expect(resolved(text, 'db1')).toMatchObject({ port: 22, user: 'right' });
  });

  it('is never executed: what depends on exec, a network or a pass does not count and is a note', () => {
    const marker = join(tmpdir(), `meshclaw-executed-${process.pid}`);
    const text = `Match host web1 exec "touch ${marker}"\n  Port 99\nMatch localnetwork 10.0.0.0/8\n  Port 98\nMatch final\n  Port 97\n`;
    const host = resolved(text, 'web1');
    expect(host.port).toBe(22);
    expect(host.notes.map(({ line, text: said }) => `${line} ${said.split('"')[1]}`)).toEqual([
      '1 Match exec',
      '3 Match localnetwork',
      '5 Match final',
    ]);
    expect(resolved(text, 'db1').notes.map(({ line }) => line)).toEqual([3, 5]);
    expect(() => rmSync(marker)).toThrow('ENOENT');
  });
});

describe('names', () => {
  it('are those of Host lines, also in included files; patterns are listed apart', () => {
    const inner = parseSshConfig('/home/dana/.ssh/conf.d/a', 'Host db1 web1\nHost db*\n')._unsafeUnwrap();
    const outer = parsed('Include conf.d/*\nHost web1 *.lan !x.lan web2\nHost *\n');
    const [include, ...rest] = outer.directives;
    const whole = { ...outer, directives: [{ ...include, included: [inner] }, ...rest] } as SshConfigFile;
    expect(namesIn(whole)).toEqual(['db1', 'web1', 'web2']);
    expect(patternsIn(whole).map(({ words }) => words.join(' '))).toEqual(['db*', 'web1 *.lan !x.lan web2', '*']);
  });

  it('in a file that is included inside a block apply only where the block does', () => {
    const inner = parseSshConfig('inner', 'Port 2200\nHost web2\n  User in\n')._unsafeUnwrap();
    const outer = parsed('Host web1\n  Include inner\n  User out\nHost web2\n  User two\n');
    const directives = outer.directives.map((one) => (one.keyword === 'include' ? { ...one, included: [inner] } : one));
    const of = (name: string) => resolveHost({ ...outer, directives }, name, account);
    expect(of('web1')).toMatchObject({ port: 2200, user: 'out' });
    expect(of('web2')).toMatchObject({ port: 22, user: 'two' });
  });
});

describe('side by side with ssh -G', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-ssh-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const text = [
    'Host "web1" web2 !web9',
    '  HostName=%h.example.org # where it is',
    '  User "de ploy"',
    'Match host *.example.org originalhost web2',
    '  Port 2022',
    '  ProxyJump a@b:99,c',
    'Host *2 ?eb3',
    '  IdentityFile "/keys/%n key"',
    '  User late',
    'Match !originalhost web1',
    '  IdentityFile /keys/last',
    'Match user late,other',
    '  Port 3033',
    'Host *',
    '  HostName 192.0.2.1',
    '',
  ].join('\n');

  for (const name of ['web1', 'web2', 'web3', 'web9', 'x2', 'else'])
    it(`agrees about ${name}`, ({ skip }) => {
      const path = join(folder, 'config');
      writeFileSync(path, text);
      let said: string;
      try {
        said = execFileSync('ssh', ['-G', '-F', path, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      } catch (error) {
        if ((error as { code?: unknown }).code === 'ENOENT') return skip('ssh is not here');
        throw error;
      }
      const lines = said.split('\n');
      const of = (keyword: string) =>
        lines.filter((line) => line.startsWith(`${keyword} `)).map((line) => line.slice(keyword.length + 1));
      const host = resolveHost(parsed(text), name, { user: userInfo().username, home: userInfo().homedir });
      expect({
        hostname: [host.hostName],
        port: [String(host.port)],
        user: [host.user ?? userInfo().username],
        proxyjump: host.proxyJump.length === 0 ? [] : [host.proxyJump.join(',')],
      }).toEqual({ hostname: of('hostname'), port: of('port'), user: of('user'), proxyjump: of('proxyjump') });
      const keys = of('identityfile').filter((key) => key.startsWith('/keys/'));
      expect(host.identityFiles).toEqual(keys.map((key) => key.replace('%n', name)));
    });
});
