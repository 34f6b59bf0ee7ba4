import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './redactor.js';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const BODY = PEM.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
const redact = createRedactor();
const hidden = (masked: string): void => {
  for (const line of BODY) if (line.length >= 16) expect(masked).not.toContain(line.slice(0, 12));
  expect(masked).toContain('[redacted:private-key]');
};
const JOURNAL = PEM.trimEnd()
  .split('\n')
  .map((MESSAGE, index) =>
    JSON.stringify({
      __CURSOR: `s=a9fc5875ed8b4f42a460cdc241ff1ee4;i=${index}`,
      PRIORITY: '6',
      MESSAGE,
      _PID: '696',
      SYSLOG_IDENTIFIER: 'app',
    }),
  );

describe('a private key', () => {
  it.each([
    ['as it is in a file', PEM],
    ['in a field of JSON', JSON.stringify({ private_key: PEM, client: 'x' })],
    ['in JSON in JSON', JSON.stringify({ log: JSON.stringify({ private_key: PEM }) })],
    ['indented in YAML', `key: |\n${PEM.replace(/^/gm, '    ')}`],
    ['with Windows line ends', PEM.replaceAll('\n', '\r\n')],
    ['in one line with blanks', PEM.replaceAll('\n', ' ')],
    ['in quotes of a shell', `export KEY="${PEM}"`],
    ['behind an assignment', `PRIVATE_KEY=${PEM}`],
    ['line by line in syslog', PEM.replace(/^/gm, 'Nov 25 10:00:00 web1 app[312]: ')],
    ['line by line in a journal as JSON', JOURNAL.join('\n')],
    [
      'with lines of others between',
      JOURNAL.flatMap((line) => [line, '{"MESSAGE":"session opened","_PID":"1"}']).join('\n'),
    ],
    ['without its end', PEM.slice(0, 900)],
    ['that was cut in the middle', `head\n[4096 bytes left out]\n${PEM.slice(900)}`],
    ['encrypted', PEM.replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY')],
    ['of PuTTY', `PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: ${BODY.length}\n${BODY.join('\n')}\nPrivate-MAC: 00`],
  ])('is masked %s', (_, text) => hidden(redact(text)));

  it('leaves every line of a journal JSON, and every other field as it was', () => {
    const masked = redact(JOURNAL.join('\n')).split('\n');
    expect(masked).toHaveLength(JOURNAL.length);
    for (const line of masked)
      expect(JSON.parse(line)).toMatchObject({ PRIORITY: '6', SYSLOG_IDENTIFIER: 'app', _PID: '696' });
  });

  it('that only begins swallows nothing of what follows', () => {
    const after = 'Nov 25 10:00:01 web1 sshd[12]: Accepted publickey for deploy from 10.0.0.1 port 22\nready\n'.repeat(
      50,
    );
    const text = `app: read -----BEGIN PRIVATE KEY-----\n${after}`;
    expect(redact(text)).toBe(text);
    const json = `{"MESSAGE":"-----BEGIN PRIVATE KEY-----"}\n${'{"MESSAGE":"Started app.service","PRIORITY":"6"}\n'.repeat(50)}`;
    expect(redact(json)).toBe(json);
  });

  it('whose end never comes is masked to its last line, and what follows is left', () => {
    const masked = redact(`${PEM.split('\n').slice(0, -2).join('\n')}\nService started, listening on 10.0.0.1:80\n`);
    hidden(masked);
    expect(masked).toContain('\nService started, listening on 10.0.0.1:80\n');
  });

  it.each([
    ['a certificate', PEM.replaceAll('PRIVATE KEY', 'CERTIFICATE')],
    ['a public key', PEM.replaceAll('PRIVATE KEY', 'PUBLIC KEY')],
    ['a signature', PEM.replaceAll('PRIVATE KEY', 'SSH SIGNATURE')],
  ])('is not %s', (_, text) => expect(redact(text)).toBe(text));
});
