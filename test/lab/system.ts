/** Runs the system's programs, and knows the few places of the machine that the lab uses. */

import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The base image is kept here between runs; removing the folder costs a minute at the next start. */
export const CACHE = '/var/cache/meshclaw-lab';
/** One folder a living run; its name is the run's number. */
export const RUNS = '/var/lib/meshclaw-lab/runs';

/** What a program did. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code. A program that cannot be started throws. */
export function run(argv: readonly string[], stdin = ''): Promise<Ended> {
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    printed.stderr += chunk;
  });
  child.stdin.on('error', () => {}); // it ended without reading; its exit code tells
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, ...printed }));
  });
}

/** Runs a program that has to succeed, and answers what it printed. */
export async function must(...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(argv);
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit code ${code}: ${(stderr || stdout).trim().slice(-2_000)}`);
  return stdout;
}

/** Does `work` while no other process of this machine is in the same section. The kernel takes the lock back from whoever dies (flock(1)). */
export async function alone<T>(section: string, work: () => Promise<T>): Promise<T> {
  await mkdir(CACHE, { recursive: true, mode: 0o755 });
  const holder = spawn('flock', [join(CACHE, `${section}.lock`), 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    holder.on('close', () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve());
    holder.once('error', reject);
    holder.once('close', () => reject(new Error(`no lock on ${section}`)));
  });
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}

/** The process that a run belongs to. A process id alone comes back to somebody else. */
export interface Owner {
  readonly pid: number;
  /** Clock ticks between the machine's start and its own (proc(5), stat field 22). */
  readonly startedAt: string;
  readonly boot: string;
}

/** This process. */
export async function thisProcess(): Promise<Owner> {
  return { pid: process.pid, startedAt: (await startedAt(process.pid)) ?? '', boot: await bootId() };
}

/** Whether that very process still runs. */
export async function isAlive({ pid, startedAt: then, boot }: Owner): Promise<boolean> {
  return boot === (await bootId()) && then === (await startedAt(pid));
}

/** Changes whenever the machine starts. */
export const bootId = async (): Promise<string> => (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();

async function startedAt(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]; // the name before it may hold blanks and brackets
}
