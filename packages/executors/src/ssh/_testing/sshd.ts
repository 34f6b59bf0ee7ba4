/**
 * A real OpenSSH server on loopback with keys, a port, a configuration and accounts of its own. As root it runs in a mount
 * namespace of its own with its own passwd, shadow and sudoers, so that nothing of the machine is touched; as anybody else
 * it knows one account, the one that runs the tests.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const SSHD = '/usr/sbin/sshd';
const isRoot = process.getuid?.() === 0;

/** An account that only this server knows. */
export interface Account {
  readonly name: string;
  readonly shell: string;
  /** Start-up files of its shell, by their path below its home. */
  readonly files?: Readonly<Record<string, string>>;
  /** Lines of sudoers after its name. */
  readonly sudoers?: string;
}
/** A server that runs. */
export interface Sshd {
  readonly port: number;
  /** `type base64` of its ed25519 host key. */
  readonly hostKey: string;
  /** A private key that every account accepts. */
  readonly identityFile: string;
  /** A folder of its own for whatever a test needs. */
  readonly folder: string;
  /** Settings of an inventory entry for an account, root or whoever runs the tests where none is named. */
  settings(user?: string): { host: string; port: number; user: string; host_key: string; identity_file: string };
  /** What it logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Why there can be no server here; undefined when there can. */
export function whyNoSshd(): string | undefined {
  if (!existsSync(SSHD)) return 'there is no OpenSSH server (Debian: openssh-server)';
  return hasProgram('ssh-keygen') ? undefined : 'there is no ssh-keygen';
}

/** Why there can be no accounts of its own. */
export function whyNoAccounts(): string | undefined {
  const why = whyNoSshd();
  if (why !== undefined) return why;
  if (!isRoot) return 'accounts of its own need root';
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'this system allows no mount namespaces';
  }
}

/** True for a program on the search path or at a path. */
export function hasProgram(program: string): boolean {
  if (program.includes('/')) return existsSync(program);
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

/** What a server is like. */
export interface SshdOptions {
  readonly accounts?: readonly Account[];
  /** Lines of its configuration. */
  readonly lines?: readonly string[];
  /** Programs that nobody can run there; needs `whyNoAccounts() === undefined`. */
  readonly without?: readonly string[];
}

/** Starts one. */
export async function startSshd({ accounts = [], lines = [], without = [] }: SshdOptions = {}): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-sshd-'));
  chmodSync(folder, 0o755);
  const key = (name: string, type: string) => {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', join(folder, name)], { stdio: 'ignore' });
    return readFileSync(join(folder, `${name}.pub`), 'utf8').trim();
  };
  const hostKey = key('host_ed25519', 'ed25519');
  key('host_ecdsa', 'ecdsa');
  writeFileSync(join(folder, 'authorized_keys'), `${key('identity', 'ed25519')}\n`);
  const port = await freePort();
  writeFileSync(join(folder, 'sshd_config'), configuration(folder, port, lines));
  const own = whyNoAccounts() === undefined;
  if (own) writeAccounts(folder, accounts);
  const child = own ? inNamespace(folder, without) : plainly(folder);
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  await listening(child, () => log);
  const identityFile = join(folder, 'identity');
  return {
    port,
    hostKey,
    identityFile,
    folder,
    settings: (user = userInfo().username) => ({
      host: '127.0.0.1',
      port,
      user,
      host_key: hostKey,
      identity_file: identityFile,
    }),
    log: () => log,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const configuration = (folder: string, port: number, lines: readonly string[]): string =>
  [
    // Of this alone sshd takes the last line, of everything else the first.
    'MaxStartups 100',
    ...lines,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host_ed25519`,
    `HostKey ${folder}/host_ecdsa`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    'PidFile none',
    'UsePAM no',
    'UseDNS no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    '',
  ].join('\n');

function writeAccounts(folder: string, accounts: readonly Account[]): void {
  const named = accounts.map((account, index) => ({ ...account, uid: 4201 + index }));
  const home = (name: string) => join(folder, 'home', name);
  const all = [{ name: 'root', shell: '/bin/sh', uid: 0 } as (typeof named)[number], ...named];
  const fixed = [
    'sshd:x:4100:65534::/run/sshd:/usr/sbin/nologin',
    'nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin',
  ];
  const passwd = all.map(({ name, uid, shell }) => `${name}:x:${uid}:${uid}::${home(name)}:${shell}`);
  writeFileSync(join(folder, 'passwd'), [...passwd, ...fixed, ''].join('\n'));
  // `*` is no password and no lock: `!` would refuse keys as well.
  const shadow = [...all.map(({ name }) => name), 'sshd', 'nobody'].map((name) => `${name}:*:19000:0:99999:7:::`);
  writeFileSync(join(folder, 'shadow'), [...shadow, ''].join('\n'), { mode: 0o600 });
  writeFileSync(
    join(folder, 'group'),
    [...all.map(({ name, uid }) => `${name}:x:${uid}:`), 'nogroup:x:65534:', ''].join('\n'),
  );
  const sudoers = all.flatMap(({ name, sudoers: rules }) => (rules === undefined ? [] : [`${name} ${rules}`]));
  writeFileSync(join(folder, 'sudoers'), ['root ALL=(ALL:ALL) ALL', ...sudoers, ''].join('\n'), { mode: 0o440 });
  for (const { name, uid, files = {} } of all) {
    mkdirSync(home(name), { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(home(name), path, '..'), { recursive: true });
      writeFileSync(join(home(name), path), text);
    }
    execFileSync('chown', ['-R', `${uid}:${uid}`, home(name)]);
  }
  chownSync(join(folder, 'home'), 0, 0);
}

/** `setpriv` ends it with the tests, whatever becomes of them. /run is the server's own: it wants a folder there. */
function inNamespace(folder: string, without: readonly string[]): ChildProcess {
  const script = [
    'set -e',
    'for name in passwd shadow group; do mount --bind "$1/$name" "/etc/$name"; done',
    'if [ -e /etc/sudoers ]; then mount --bind "$1/sudoers" /etc/sudoers; fi',
    ...without.map((program) => `mount --bind "$1/passwd" ${program}`),
    'mount -t tmpfs -o mode=755 none /run',
    'mkdir /run/sshd',
    'mkdir -m 1777 /run/lock',
    `exec ${SSHD} -D -e -f "$1/sshd_config"`,
  ].join('\n');
  const words = [
    '--pdeathsig',
    'TERM',
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    script,
    'sh',
    folder,
  ];
  return spawn('setpriv', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function plainly(folder: string): ChildProcess {
  const words = [SSHD, '-D', '-e', '-f', join(folder, 'sshd_config')];
  // Other systems than Linux have no such program; there it ends when the tests say so.
  const [program = SSHD, ...rest] = hasProgram('setpriv') ? ['setpriv', '--pdeathsig', 'TERM', ...words] : words;
  return spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function listening(child: ChildProcess, log: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = setInterval(() => {
      const isUp = log().includes('Server listening on');
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      if (!isUp && !hasEnded) return;
      clearInterval(look);
      if (isUp) resolve();
      else reject(new Error(`sshd ended: ${log()}`));
    }, 20);
  });
}
