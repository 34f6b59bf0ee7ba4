/** A host as tests and the command see it: where it is, how to log in, and what can be done to it from outside. */

import { createHash } from 'node:crypto';
import { addressOf, machineName, setLink } from './network.js';
import { freezeHost, type Machine, saysBanner, switchOff, switchOn, thawHost, untilReady } from './power.js';
import type { Scenario } from './scenario.js';
import { type Ended, run } from './system.js';

/** Everybody who may log in: everything, everything by sudo, nothing but its own. */
export type User = 'root' | 'deploy' | 'ops';

/** One booted Debian. */
export interface LabHost {
  readonly name: string;
  readonly address: string;
  readonly port: 22;
  /** `ssh-ed25519 <base64> <comment>`. */
  readonly hostKey: string;
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly fingerprint: string;
  /** The private key that every user lets in. */
  readonly userKey: string;
  readonly knownHosts: string;
  /** Runs a line of shell on it by plain ssh, as root when nobody is named. */
  run(line: string, user?: User): Promise<Ended>;
  /** Brings a scenario about. */
  play(scenario: Scenario): Promise<void>;
  /** Silences its link; what runs on it goes on. */
  cut(): Promise<void>;
  heal(): Promise<void>;
  /** Stops everything that runs on it; its connections stay, and nobody answers on them. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Takes its power away, without a word to anybody. What was written stays. */
  off(): Promise<void>;
  /** Boots it again; resolves when it answers. */
  on(): Promise<void>;
  /** Whether its sshd answers now. */
  answers(): Promise<boolean>;
  /** Resolves when it answers. */
  ready(mostMs?: number): Promise<void>;
}

/** The files that log somebody in. */
export interface Access {
  readonly userKey: string;
  readonly knownHosts: string;
  readonly hostKey: string;
}

/** The words of a plain ssh to a host, without a command. Nothing of the caller's own configuration counts. */
export const sshWords = (
  { userKey, knownHosts }: Pick<Access, 'userKey' | 'knownHosts'>,
  address: string,
  user: User,
) => [
  ...['ssh', '-F', 'none', '-i', userKey, '-o', 'IdentitiesOnly=yes', '-o', `UserKnownHostsFile=${knownHosts}`],
  ...['-o', 'GlobalKnownHostsFile=none', '-o', 'StrictHostKeyChecking=yes', '-o', 'BatchMode=yes'],
  ...['-o', 'ConnectTimeout=5', '-o', 'LogLevel=ERROR', `${user}@${address}`],
];

/** A host over its machine. */
export function createHost(machine: Machine, access: Access): LabHost {
  const { number, host } = machine;
  const address = addressOf(number, host);
  const self: LabHost = {
    name: machineName(number, host),
    address,
    port: 22,
    ...access,
    fingerprint: fingerprintOf(access.hostKey),
    run: (line, user = 'root') => run([...sshWords(access, address, user), '--', line]),
    play: async (scenario) => scenario.play(self),
    cut: () => setLink(number, host, 'down'),
    heal: () => setLink(number, host, 'up'),
    freeze: () => freezeHost(machine),
    thaw: () => thawHost(machine),
    off: () => switchOff(machine),
    on: async () => {
      await switchOn(machine);
      await untilReady(machine);
    },
    answers: () => saysBanner(address),
    ready: (mostMs) => untilReady(machine, mostMs),
  };
  return self;
}

function fingerprintOf(key: string): string {
  const blob = Buffer.from(key.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
