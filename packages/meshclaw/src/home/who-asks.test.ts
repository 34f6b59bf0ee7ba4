import { expect, test } from 'vitest';
import { whoAsks } from './who-asks.js';

const at = { environment: {}, terminal: true, osUser: 'dana' };

test('a terminal is a human, proved by the OS user alone', () => {
  expect(whoAsks(at)).toEqual({ type: 'human', id: 'dana', properties: { authenticated_by: 'os_user' } });
});

test('without a terminal it is an agent', () => {
  expect(whoAsks({ ...at, terminal: false })).toMatchObject({ type: 'agent', id: 'dana' });
});

test('a known agent is an agent on a terminal too', () => {
  expect(whoAsks({ ...at, environment: { CLAUDECODE: '1' } })).toMatchObject({
    type: 'agent',
    properties: { client: 'claudecode' },
  });
});

test('nothing in the environment makes a human', () => {
  const environment = { USER: 'root', SUDO_USER: 'root', MESHCLAW_SUBJECT: 'human:root', CODEX_SANDBOX: '' };
  expect(whoAsks({ ...at, environment, terminal: false })).toMatchObject({ type: 'agent', id: 'dana' });
});
