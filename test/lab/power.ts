/** Switches a host on and off, and waits until it answers. */

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { controlGroupsOf, isUnified, processesOf } from './control-groups.js';
import { addressOf, bridgeOf, machineName, setLink } from './network.js';
import { keepersOf, signal } from './processes.js';
import { endHost } from './tear-down.js';

/** A host whose disk is made. */
export interface Machine {
  readonly number: number;
  readonly host: number;
  /** Where its disk is. */
  readonly folder: string;
}

/** A host answers within two seconds on an idle machine; many at once on two cores take half a minute. */
const MOST_BOOT_MS = 90_000;
/** systemd-nspawn(1): the host rebooted itself. */
const REBOOT = 133;
/** `$1` are the host's control groups, one a line. */
const AGAIN = `printf '%s\\n' "$1" | while read -r group; do mkdir -p "$group" && echo $$ > "$group/cgroup.procs"; done
shift
while :; do "$@"; [ $? -eq ${REBOOT} ] || exit 0; done`;

const consoleOf = ({ folder, host }: Machine): string => join(dirname(dirname(folder)), `console-${host}.log`);

/** Starts a host; it is booting when this resolves. Whoever starts it need not stay. */
export async function switchOn(machine: Machine): Promise<void> {
  const { number, host, folder } = machine;
  const name = machineName(number, host);
  if ((await keepersOf(name)).length > 0) throw new Error(`${name} is on already`);
  const words = [
    ...['systemd-nspawn', '--quiet', '--boot', '--register=no', '--keep-unit', '--settings=no'],
    ...['--resolv-conf=off', '--timezone=off', '--link-journal=no', '--console=read-only'],
    ...[`--directory=${join(folder, 'root')}`, `--bind=${join(folder, 'data')}:/data`],
    ...[`--machine=${name}`, `--hostname=${name}`, `--network-bridge=${bridgeOf(number)}`],
  ];
  const log = openSync(consoleOf(machine), 'a');
  const groups = await controlGroupsOf(name);
  const unified = (await isUnified()) ? '1' : '0';
  const child = spawn('sh', ['-c', AGAIN, 'lab-host', groups.join('\n'), ...words], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: unified },
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', () => resolve());
    child.once('error', reject);
  });
  child.unref();
}

/** Waits until sshd says its banner. Throws with the console's end when it does not, or when the host went away. */
export async function untilReady(machine: Machine, mostMs = MOST_BOOT_MS): Promise<void> {
  const { number, host } = machine;
  const until = performance.now() + mostMs;
  while (!(await saysBanner(addressOf(number, host)))) {
    const gone = (await keepersOf(machineName(number, host))).length === 0;
    if (gone || performance.now() > until) {
      const log = await readFile(consoleOf(machine), 'utf8').catch(() => '');
      const why = gone ? 'went away' : `does not answer within ${mostMs} ms`;
      throw new Error(`${machineName(number, host)} ${why}; its console ends with:\n${log.slice(-2_000)}`);
    }
    await sleep(50);
  }
}

/** Whether sshd says its banner within half a second. */
export function saysBanner(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(500, () => end(false));
    socket.once('data', (bytes) => end(bytes.toString('latin1').startsWith('SSH-2.0-')));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

/** Takes the power away: silence first, because the end of a network namespace would say goodbye to every peer. */
export async function switchOff({ number, host, folder }: Machine): Promise<void> {
  await setLink(number, host, 'down').catch(() => {}); // it had gone down by itself
  await endHost(machineName(number, host), folder);
}

/** Stops every process of a host: its kernel goes on to answer for its connections, and nobody behind them does. */
export async function freezeHost({ number, host }: Machine): Promise<void> {
  const name = machineName(number, host);
  const stopped = new Set<number>();
  for (;;) {
    const more = (await processesOf(name)).filter((pid) => !stopped.has(pid));
    if (more.length === 0 && stopped.size > 0) return;
    if (more.length === 0) throw new Error(`${name} has no process`);
    for (const pid of more) {
      signal(pid, 'SIGSTOP');
      stopped.add(pid); // one that was being made meanwhile is found by the next look
    }
  }
}

/** Lets the processes of a host go on. */
export async function thawHost({ number, host }: Machine): Promise<void> {
  for (const pid of await processesOf(machineName(number, host))) signal(pid, 'SIGCONT');
}
