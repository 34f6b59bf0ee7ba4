import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './redactor.js';

const SECRETS: readonly (readonly [kind: string, text: string, secret: string])[] = [
  ['github-token', 'token ghp_abcdefghijklmnopqrstuvwxyz0123456789 end', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
  ['aws-key-id', 'key=AKIAQWERTYUIOPASDFGH', 'AKIAQWERTYUIOPASDFGH'],
  ['slack-token', 'xoxb-123456789012-abcdefghijkl', 'xoxb-123456789012-abcdefghijkl'],
  ['url-password', 'postgres://app:s3cr3t-pass@db:5432/x', 's3cr3t-pass'],
  ['bearer', 'Authorization: Bearer abcdef0123456789abcdef', 'abcdef0123456789abcdef'],
  ['assigned-secret', 'DB_PASSWORD=correct-horse', 'correct-horse'],
  ['assigned-secret', '{"client_secret": "correct-horse"}', 'correct-horse'],
  ['jwt', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0xyz.c2lnbmF0dXJlMTIz', 'c2lnbmF0dXJlMTIz'],
  ['api-key', 'sk-ant-abcdefghijklmnopqrstuvwxyz', 'sk-ant-abcdefghijklmnopqrstuvwxyz'],
  [
    'private-key',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
    'b3BlbnNzaC1rZXktdjE',
  ],
];

describe('the redactor', () => {
  it.each(SECRETS)('masks a %s and says what it was', (kind, text, secret) => {
    const masked = createRedactor()(text);
    expect(masked).not.toContain(secret);
    expect(masked).toContain(`[redacted:${kind}]`);
  });

  it('takes a flag that says no for a switch, not for the name of a secret', () => {
    const text = 'systemctl --no-ask-password restart demo.service';
    expect(createRedactor()(text)).toBe(text);
    expect(createRedactor()('mysql --password restart')).not.toContain('restart');
  });

  it.each([
    ['an object', { password: 'correct-horse', n: 1 }],
    ['an object in text', 'asked with {"api_key":"correct-horse"} once'],
    ['quotes around it', 'set password = "correct-horse", done'],
    ['JSON in JSON', JSON.stringify({ secret: 'correct-horse' })],
  ])('masks a secret in JSON that is told as text in JSON, and leaves it JSON: %s', (_, message) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const masked = createRedactor()(JSON.stringify({ MESSAGE: text, PRIORITY: '6' }));
    expect(masked).not.toContain('correct-horse');
    expect(masked).toContain('[redacted:assigned-secret]');
    expect(JSON.parse(masked)).toMatchObject({ PRIORITY: '6' });
  });

  it('leaves ordinary server text alone', () => {
    const text = 'sshd[12]: Accepted publickey for deploy from 10.0.0.1 port 22\n/dev/sda1 91% /var\ntokens: 3\n';
    expect(createRedactor()(text)).toBe(text);
  });

  it('masks a known value in every encoding that text commonly carries', () => {
    const value = 'pa\'ss"word/+&%';
    const redact = createRedactor({ known: [value], rules: [] });
    const base64 = (before: string) => Buffer.from(before + value).toString('base64');
    const forms = [value, Buffer.from(value).toString('hex'), encodeURIComponent(value), JSON.stringify(value)];
    for (const form of [...forms, base64(''), base64('a'), base64('ab')]) {
      expect(redact(`x ${form} y`)).toContain('[redacted:known-value]');
    }
  });

  it('answers the same text when asked twice', () => {
    const redact = createRedactor({ known: ['hunter2hunter2'] });
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...SECRETS.map(([, text]) => text), 'hunter2hunter2', ' ', '\n')),
        (parts) => {
          const once = redact(parts.join(' '));
          expect(redact(once)).toBe(once);
        },
      ),
    );
  });
});
