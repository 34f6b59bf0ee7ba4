import { describe, expect, it } from 'vitest';
import { SystemdService, SystemdUnit } from './inputs.js';

describe('the name of a unit', () => {
  it.each([
    ['nginx', 'nginx.service'],
    ['nginx.service', 'nginx.service'],
    ['dbus.socket', 'dbus.socket'],
    ['getty@tty1', 'getty@tty1.service'],
    ['app.web', 'app.web.service'],
    ['dev-disk-by\\x2duuid.swap', 'dev-disk-by\\x2duuid.swap'],
  ])('has one spelling: %s is %s', (given, unit) => {
    expect(SystemdUnit.parse(given)).toBe(unit);
    expect(SystemdUnit.parse(unit)).toBe(unit);
  });

  it.each([
    '',
    '-x',
    '--now',
    '.',
    '..',
    '@x',
    'a b',
    'a\nb',
    'a\u0000',
    'a\u001b[31m',
    'a/b',
    '*',
    'a*',
    'a[12]',
    'a?',
    'a;b',
    '$(id)',
    'café',
    'getty@',
    'getty@.service',
    'x'.repeat(256),
    'x'.repeat(250),
  ])('is not %j', (name) => {
    expect(SystemdUnit.safeParse(name).success).toBe(false);
  });

  it('is a service where only a service will do', () => {
    expect(SystemdService.parse('nginx')).toBe('nginx.service');
    for (const unit of ['poweroff.target', 'dbus.socket', 'data.mount', '-x'])
      expect(SystemdService.safeParse(unit).success).toBe(false);
  });
});
