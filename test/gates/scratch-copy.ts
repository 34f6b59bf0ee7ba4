/** A copy of the checkout that a test may change: its files as they are now, its own git history, nobody else's modules. */

import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repositoryFiles, root } from './files.js';

export interface ScratchCopy {
  readonly folder: string;
  /** Runs a program in the copy; answers what it printed, with its exit code. */
  run(program: string, ...argv: readonly string[]): Promise<{ readonly exitCode: number; readonly printed: string }>;
  /** Paths that differ from the state the copy was made in. */
  changes(): readonly string[];
  remove(): void;
}

/** Copies what git tracks and what is new. Libraries are links to the installed ones; our own packages are the copy's. */
export function createScratchCopy(): ScratchCopy {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-copy-'));
  for (const path of repositoryFiles()) cpSync(join(root, path), join(folder, path), { preserveTimestamps: true });
  linkModules(folder);
  git(folder, 'init', '--quiet');
  git(folder, 'add', '--all');
  git(folder, '-c', 'user.name=gate', '-c', 'user.email=gate@localhost', 'commit', '--quiet', '--message', 'As it was');
  return {
    folder,
    run: (program, ...argv) => runIn(folder, program, argv),
    changes: () => {
      const listed = git(folder, 'status', '--porcelain', '-z', '--untracked-files=all');
      return listed.split('\0').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function linkModules(folder: string): void {
  for (const place of ['', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/`)]) {
    const from = join(root, place, 'node_modules');
    if (existsSync(from)) linkEach(from, join(folder, place, 'node_modules'));
  }
  // What npm notes about an installation; a copy, because set-up touches it.
  cpSync(join(root, 'node_modules/.package-lock.json'), join(folder, 'node_modules/.package-lock.json'));
  mkdirSync(join(folder, 'node_modules/@meshclaw'));
  for (const name of readdirSync(join(folder, 'packages'))) {
    const place = name === 'meshclaw' ? 'meshclaw' : `@meshclaw/${name}`;
    symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules', place));
  }
}

function linkEach(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const isOther = name === '.bin' || !(name.startsWith('.') || name === 'meshclaw' || name === '@meshclaw');
    if (isOther) symlinkSync(join(from, name), join(to, name));
  }
}

/** Hooks and settings of whoever runs the test do not matter here. */
function git(folder: string, ...argv: readonly string[]): string {
  const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  return execFileSync('git', [...argv], { cwd: folder, encoding: 'utf8', env: environment });
}

function runIn(
  folder: string,
  program: string,
  argv: readonly string[],
): Promise<{ exitCode: number; printed: string }> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|TEST$|NODE_ENV$|MESHCLAW_|DEV$|PROD$)/.test(name),
  );
  const path = program.includes('/') ? join(dirname(join(folder, program)), program.split('/').pop() ?? '') : program;
  return new Promise((resolve) => {
    const options = { cwd: folder, env: Object.fromEntries(own), maxBuffer: 64 * 1024 * 1024 };
    execFile(path, [...argv], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exitCode, printed: `${stdout}${stderr}` });
    });
  });
}
