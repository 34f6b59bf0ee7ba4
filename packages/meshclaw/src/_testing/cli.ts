/** The built command in a home of its own, for tests. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built command. */
export const ENTRY = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
export interface RunOptions {
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs as this user and group; only root may. */
  readonly uid?: number;
}
export interface TestCli {
  readonly folder: string;
  readonly home: string;
  path(name: string): string;
  run(words: readonly string[], options?: RunOptions): Promise<Ended>;
  start(
    words: readonly string[],
    options?: RunOptions,
  ): { readonly child: ChildProcess; readonly ended: Promise<Ended> };
  remove(): Promise<void>;
}

/** A new folder with a place for a home in it. The command has to be built. */
export async function createTestCli(): Promise<TestCli> {
  if (!existsSync(ENTRY)) throw new Error('packages/meshclaw is not built: run "node scripts/build.mjs"');
  const folder = await mkdtemp(join(tmpdir(), 'meshclaw-test-'));
  const home = join(folder, 'home');
  const start: TestCli['start'] = (words, { stdin, environment = {}, uid } = {}) => {
    const { NO_COLOR: _, NODE_OPTIONS: __, ...inherited } = process.env;
    const child = spawn(process.execPath, [ENTRY, ...words], {
      cwd: folder,
      env: { ...inherited, MESHCLAW_HOME: home, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    child.stdin.on('error', () => {}); // a command that does not read
    child.stdin.end(stdin ?? '');
    return { child, ended: ending(child) };
  };
  return {
    folder,
    home,
    path: (name) => join(folder, name),
    run: (words, options) => start(words, options).ended,
    start,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function ending(child: ChildProcess): Promise<Ended> {
  const printed = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    printed.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    printed.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...printed }));
  });
}
