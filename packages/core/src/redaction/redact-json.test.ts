import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json.js';
import { redactJson } from './redact-json.js';
import { createRedactor } from './redactor.js';

const redact = createRedactor();
const SECRET = 'correct horse battery';

describe('redacting JSON', () => {
  it.each<[string, JsonValue]>([
    ['a field', { password: SECRET }],
    ['a field in a field', { database: { url: 'x', client_secret: SECRET } }],
    ['a name and its value', [{ name: 'DB_PASSWORD', value: SECRET }]],
    ['a number', { passcode: 12345678, n: 1 }],
    ['the word after a flag', ['app', '--password', 'correct-horse', '-v']],
    ['a word with a flag', ['mysql', '-u', 'root', '-pcorrect-horse', 'x']],
    ['a user and a password', ['curl', '-s', '-u', 'dana:correct-horse', 'https://x']],
    ['a header of a command', ['curl', '-H', 'X-Api-Key: correct-horse']],
  ])('masks %s', (_, value) => {
    const text = JSON.stringify(redactJson(value, redact));
    expect(text).toContain('[redacted:');
    expect(text).not.toMatch(/correct|battery|12345678/);
  });

  it.each<[string, JsonValue]>([
    ['ports and counts', { token_count: 3, port: 22, keys: ['a'], max_tokens: 4096 }],
    ['names', { name: 'DB_PASSWORD', kind: 'secret', authenticated: true, key: 'id', path: '/etc/passwd' }],
    ['a command', ['systemctl', 'restart', '--', 'nginx.service']],
    ['the method that a class of operations is approved with', { secret: 'presence', spend: 'signature' }],
    ['prose', ['password', 'token', 'secret']],
  ])('leaves %s', (_, value) => expect(redactJson(value, redact)).toEqual(value));

  it('changes nothing when the redactor does not', () => {
    const value = { password: SECRET, argv: ['app', '--password', 'x'], passcode: 1234 };
    expect(redactJson(value, (text) => text)).toEqual(value);
  });
});
