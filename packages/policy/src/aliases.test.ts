import { describe, expect, it } from 'vitest';
import { resolveAlias } from './aliases.js';

describe('another name', () => {
  it.each([
    ['run_command', 'command.run'],
    ['restart_service', 'service.restart'],
  ])('is its operation in every mode: %s', (alias, operation) => {
    for (const mode of ['check', 'plan', 'execute'] as const) expect(resolveAlias(alias, mode)).toBe(operation);
  });

  it.each([
    ['read_state', 'class.read'],
    ['delete_data', 'class.destructive'],
    ['reveal_secret', 'class.secret'],
    ['provision_server', 'class.spend'],
  ])('is a question about a class only when checking: %s', (alias, question) => {
    expect(resolveAlias(alias, 'check')).toBe(question);
    expect(resolveAlias(alias, 'plan')).toBe(alias);
    expect(resolveAlias(alias, 'execute')).toBe(alias);
  });

  it('is itself when the table does not have it', () => {
    for (const name of ['file.chmod', '', '__proto__', 'toString']) expect(resolveAlias(name, 'check')).toBe(name);
  });
});
