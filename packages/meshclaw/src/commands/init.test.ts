import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createTestCli, type TestCli } from '../_testing/cli.js';

let cli: TestCli;
beforeEach(async () => {
  cli = await createTestCli();
});
afterEach(() => cli.remove());

const write = async (name: string, text: string, mode = 0o600) => {
  await writeFile(cli.path(name), text, { mode });
  await chmod(cli.path(name), mode);
};
const init = (...words: readonly string[]) => cli.run(['init', ...words]);
const fromConfig = () => init('--from', 'ssh-config', '--file', cli.path('config'), '--json');
const inventory = () => readFile(`${cli.home}/inventory.yaml`, 'utf8');

test('the servers that an ssh configuration names are taken over with their addresses, and what to do next is said', async () => {
  await mkdir(cli.path('conf.d'));
  await write('conf.d/b.conf', 'Host db1\n  HostName db1.internal\n');
  await write('conf.d/.hidden.conf', 'Host hidden\n');
  await write('conf.d/c.txt', 'Host text\n');
  await write(
    'config',
    [
      `Include ${cli.path('conf.d')}/*.conf`,
      'Host web1 www',
      '  HostName 10.0.0.7',
      '  Port 2222',
      '  IdentityFile ~/.ssh/web',
      'Host yes',
      'Host *.lan',
      '  Port 99',
      'Host *',
      '  User deploy',
    ].join('\n'),
  );
  const { code, stdout } = await init('--from', 'ssh-config', '--file', cli.path('config'));
  expect(code).toBe(0);
  expect(stdout).toContain('meshclaw enrol db1');
  expect((await stat(`${cli.home}/inventory.yaml`)).mode & 0o777).toBe(0o600);
  expect(parse(await inventory())).toEqual({
    servers: [
      { name: 'localhost', reach: [{ executor: 'local' }], tags: ['controller'] },
      { name: 'db1', reach: [{ executor: 'ssh', host: 'db1.internal', user: 'deploy' }] },
      {
        name: 'web1',
        reach: [{ executor: 'ssh', host: '10.0.0.7', port: 2222, user: 'deploy', identity_file: '~/.ssh/web' }],
      },
      { name: 'yes', reach: [{ executor: 'ssh', host: 'yes', user: 'deploy' }] },
    ],
  });
});

test('patterns, other names of a server, and what is reached by a command are skipped with a note', async () => {
  await write(
    'config',
    'Host a b\n  HostName x\nHost w*\nHost p\n  ProxyCommand nc %h\nHost bad_\u00e9\nHost odd\n  HostName -x\n',
  );
  const { code, stdout } = await fromConfig();
  const { servers, notes } = JSON.parse(stdout);
  expect([code, servers]).toEqual([0, ['a']]);
  expect(notes).toEqual([
    expect.stringContaining('config:3: w* is a pattern'),
    'b: the same server as a; skipped',
    'p: reached by a ProxyCommand, which is never run; skipped',
    'bad_\u00e9: not a plain name; skipped',
    'odd: host is not a host name or address; skipped',
  ]);
});

test('a server behind another is reached as the configuration says, when it is reached', async () => {
  await write('config', 'Host gate\n  HostName gate.example.com\nHost inner\n  HostName 10.0.0.7\n  ProxyJump gate\n');
  const { code, stdout } = await fromConfig();
  expect([code, JSON.parse(stdout).servers]).toEqual([0, ['gate', 'inner']]);
  const listed = JSON.parse((await cli.run(['list', '--json'])).stdout);
  expect(listed.data.targets).toContainEqual(expect.objectContaining({ id: 'inner', reachedBy: ['ssh'] }));
  expect(await readFile(`${cli.home}/inventory.yaml`, 'utf8')).toContain(`ssh_config: ${cli.path('config')}`);
});

test('nothing in the configuration is executed', async () => {
  const marker = cli.path('executed');
  await write('config', `Host a\n  ProxyCommand touch ${marker}\nHost b\nMatch exec "touch ${marker}"\n  Port 99\n`);
  const { code, stdout } = await fromConfig();
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    servers: ['b'],
    notes: expect.arrayContaining([expect.stringContaining('Match exec')]),
  });
  expect(await inventory()).not.toContain('99');
  await expect(stat(marker)).rejects.toThrow('ENOENT');
});

test('an inventory that is there stays as it is', async () => {
  await init();
  const before = await inventory();
  await write('config', 'Host a\n');
  const { code, stdout } = await fromConfig();
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error.message).toContain('there is an inventory already');
  expect(await inventory()).toBe(before);
});

test('a configuration that is broken, endless, writable by others or without servers makes no home', async () => {
  const refused = async (text: string, mode?: number) => {
    await write('config', text, mode);
    const { code, stdout } = await fromConfig();
    expect(code).toBe(2);
    return JSON.parse(stdout).error;
  };
  expect(JSON.stringify(await refused('Host a\n  Port no\n'))).toMatch(/"line":2\b.*the port is no number/);
  expect((await refused(`Include ${cli.path('config')}\n`)).kind).toBe('meshclaw.invalid_configuration');
  expect((await refused('Host a\n', 0o666)).kind).toBe('meshclaw.unsafe_permissions');
  expect((await refused('Host *\n')).kind).toBe('meshclaw.usage');
  expect((await init('--from', 'ssh-config', '--file', cli.path('none'))).code).toBe(2);
  expect((await init('--from', 'cloud')).code).toBe(2);
  await expect(stat(cli.home)).rejects.toThrow('ENOENT');
});
