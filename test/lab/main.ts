/** `npm run lab -- …`: the lab by hand. */

import { spawn } from 'node:child_process';
import { livingRuns } from './claim.js';
import { scenarios } from './find-scenario.js';
import { type LabHost, sshWords, type User } from './host.js';
import { whyNoLab } from './needs.js';
import { type Lab, openLab, startLab } from './start-lab.js';

const USAGE = `usage: npm run lab -- <command> [--run NUMBER]

  up [N]                     boot N Debian hosts (1), which stay until "down"
  list                       the runs of this machine
  ssh [USER@]K [command]     log in to host K as root, deploy (sudo without password) or ops (no sudo)
  cut K | heal K             silence its link, or end the silence
  freeze K | thaw K          stop everything that runs on it, or let it go on
  off K | on K               take its power away, or give it back
  play K SCENARIO            bring a scenario about on it; without a name: which there are
  down                       remove everything

With several runs, --run says which; the number is in the hosts' names.
`;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Runs one command of the lab and answers its exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const { number, rest } = runOption(words);
  const [command = '--help', ...more] = rest;
  if (command === '--help' || command === '-h') {
    process.stdout.write(USAGE);
    return 0;
  }
  const why = whyNoLab();
  if (why !== undefined) throw new Error(why);
  switch (command) {
    case 'up':
      return up(Number(more[0] ?? '1'));
    case 'list':
      return list();
    case 'ssh':
      return ssh(await chosen(number), more);
    case 'play':
      return play(await chosen(number), more);
    case 'down':
      await (await chosen(number)).stop();
      return 0;
    case 'cut':
    case 'heal':
    case 'freeze':
    case 'thaw':
    case 'off':
    case 'on':
      await hostOf(await chosen(number), more[0])[command]();
      return 0;
    default:
      process.stderr.write(USAGE);
      return 2;
  }
}

/** Only what stands before the command of `ssh` is ours. */
function runOption(words: readonly string[]): {
  readonly number: number | undefined;
  readonly rest: readonly string[];
} {
  const at = words.indexOf('--run');
  if (at === -1 || (words[0] === 'ssh' && at > 2)) return { number: undefined, rest: words };
  return { number: Number(words[at + 1]), rest: words.toSpliced(at, 2) };
}

async function up(hosts: number): Promise<number> {
  const from = performance.now();
  const lab = await startLab({ hosts, kept: true, say });
  for (const { name, address, fingerprint } of lab.hosts) process.stdout.write(`${name}  ${address}  ${fingerprint}\n`);
  say(`run ${lab.number}: ${hosts} up in ${((performance.now() - from) / 1_000).toFixed(1)} s`);
  return 0;
}

async function list(): Promise<number> {
  for (const { number, startedAt, owner, kept } of await livingRuns()) {
    process.stdout.write(`${number}  since ${startedAt}  ${kept ? 'kept' : `of process ${owner.pid}`}\n`);
  }
  return 0;
}

/** The run that is meant: the one named, else the only one that was made by hand. */
async function chosen(number: number | undefined): Promise<Lab> {
  const living = (await livingRuns()).filter(({ kept }) => kept);
  const fitting = number === undefined ? living : living.filter((one) => one.number === number);
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return openLab(only.number);
  const there = living.map((one) => one.number).join(', ');
  throw new Error(living.length === 0 ? 'no lab is up' : `say which run is meant: --run ${there}`);
}

function hostOf(lab: Lab, word: string | undefined): LabHost {
  const host = lab.hosts[Number(word) - 1];
  if (host === undefined)
    throw new Error(`hosts of run ${lab.number} are 1 to ${lab.hosts.length}, not "${word ?? ''}"`);
  return host;
}

function ssh(lab: Lab, [whom = '', ...command]: readonly string[]): Promise<number> {
  const [, user = 'root', number] = /^(?:(root|deploy|ops)@)?(.*)$/.exec(whom) ?? [];
  const host = hostOf(lab, number);
  const [program = '', ...words] = [...sshWords(host, host.address, user as User), ...command];
  const child = spawn(program, words, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 255));
  });
}

async function play(lab: Lab, [number, name]: readonly string[]): Promise<number> {
  const known = await scenarios();
  const scenario = known.get(name ?? '');
  if (scenario === undefined) {
    for (const one of known.values()) process.stdout.write(`${one.name}\n    ${one.brings}\n`);
    return name === undefined ? 0 : 2;
  }
  await hostOf(lab, number).play(scenario);
  say(scenario.brings);
  return 0;
}
