import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { itUnless } from './_testing/it-unless.js';
import { hasProgram } from './_testing/sshd.js';
import { fingerprintOf, hostKeyText, parseHostKey } from './host-key.js';
import { lookupName, readKnownHosts } from './known-hosts.js';

// Public keys of github.com and of a test machine, as ssh-keyscan printed them.
const ED = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const OTHER = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHmXFpdp/S9NHyJZ7XyAhG9gnmCOa0UUOS69aXBGX95l';
const web = { host: 'web1.example.com', port: 22 };

const trusted = (text: string, address = web) =>
  readKnownHosts(text, address)
    .map(({ trusted: keys }) => keys.map(hostKeyText))
    ._unsafeUnwrap();

describe('a line of known_hosts', () => {
  it('names servers by name, address and port', () => {
    expect(trusted(`web1.example.com,10.0.0.1 ${ED} comment with words`)).toEqual([ED]);
    expect(trusted(`web1.example.com ${ED}`, { host: 'WEB1.Example.com', port: 22 })).toEqual([ED]);
    expect(trusted(`[web1.example.com]:2222 ${ED}`, { ...web, port: 2222 })).toEqual([ED]);
    expect(trusted(`[::1]:2222 ${ED}`, { host: '::1', port: 2222 })).toEqual([ED]);
  });

  it('for one port makes nobody known on another', () => {
    expect(trusted(`web1.example.com ${ED}`, { ...web, port: 2222 })).toEqual([]);
    expect(trusted(`[web1.example.com]:2222 ${ED}`)).toEqual([]);
  });

  it('takes patterns, and a pattern that begins with ! wins over all others', () => {
    expect(trusted(`*.example.com ${ED}`)).toEqual([ED]);
    expect(trusted(`web?.example.com ${ED}`)).toEqual([ED]);
    expect(trusted(`web??.example.com ${ED}`)).toEqual([]);
    expect(trusted(`*.example.com,!web1.example.com ${ED}`)).toEqual([]);
    expect(trusted(`!web1.example.com,*.example.com ${ED}`)).toEqual([]);
    expect(trusted(`!web2.example.com ${ED}`)).toEqual([]);
    expect(trusted(`*a*a*a*a*a*a*a*a*a*a*a*a*b ${ED}`, { host: 'a'.repeat(250), port: 22 })).toEqual([]);
  });

  it('is left out when its key is cut, of another type or of no known type', () => {
    for (const key of [ED.slice(0, -8), ED.replace('ed25519', 'rsa'), 'ssh-dss AAAA', 'ssh-ed25519', 'ssh-ed25519 ###'])
      expect(trusted(`web1.example.com ${key}`)).toEqual([]);
  });

  it('is left out when it is a comment, empty, or has a marker that nobody knows', () => {
    expect(trusted(`# web1.example.com ${ED}\n\n   \n@new web1.example.com ${ED}\r\n`)).toEqual([]);
  });

  it('that names an authority makes nobody known, and says so', () => {
    expect(readKnownHosts(`@cert-authority *.example.com ${ED}`, web)._unsafeUnwrap()).toEqual({
      trusted: [],
      revoked: [],
      onlyAuthority: true,
    });
  });

  it('revokes a key for the servers it names', () => {
    const { revoked } = readKnownHosts(`@revoked * ${ED}\n@revoked db ${OTHER}`, web)._unsafeUnwrap();
    expect(revoked).toEqual([parseHostKey(ED)?.blob]);
  });

  it('that revokes a key which cannot be read is an error, not a line less', () => {
    expect(readKnownHosts('@revoked * ssh-ed25519 AAAA', web).isErr()).toBe(true);
    expect(readKnownHosts('@revoked db ssh-ed25519 AAAA', web).isOk()).toBe(true);
  });
});

describe('what ssh-keygen writes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-known-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const itHere = itUnless(hasProgram('ssh-keygen') ? undefined : 'there is no ssh-keygen');
  const file = join(folder, 'known_hosts');

  itHere('is understood when the names are hashed', async () => {
    writeFileSync(file, `web1.example.com ${ED}\n[db]:2222 ${OTHER}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^\|1\|.+\n\|1\|/);
    expect(trusted(text)).toEqual([ED]);
    expect(trusted(text, { host: 'db', port: 2222 })).toEqual([OTHER]);
    expect(trusted(text, { host: 'db', port: 22 })).toEqual([]);
  });

  itHere('is the same fingerprint', async () => {
    writeFileSync(file, `${ED}\n`);
    const key = parseHostKey(ED);
    expect(execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' })).toContain(key && fingerprintOf(key));
  });
});

describe('the name of a server', () => {
  it('has the port where it is not 22', () => {
    expect([lookupName(web), lookupName({ host: '::1', port: 22 }), lookupName({ host: 'A', port: 1 })]).toEqual([
      'web1.example.com',
      '::1',
      '[a]:1',
    ]);
  });
});
