// Makes a checkout ready: installs the packages that package-lock.json names when they are not there, builds what is
// stale. Speaks on stderr, and only when it does something. One process at a time: the others wait.
// --only-install leaves the build to the caller.

import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = join(root, 'dist', 'setting-up');
const modules = join(root, 'node_modules');
const installed = join(modules, '.package-lock.json');

const say = (text) => process.stderr.write(`meshclaw: ${text}\n`);

await takeTurn();
process.on('exit', () => rmSync(lock, { force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
const onlyInstall = process.argv.includes('--only-install');
process.exitCode = install() && (onlyInstall || (await build())) ? 0 : 5;

/** The lock is a file with the holder's process id; one whose holder is gone is taken over. */
async function takeTurn() {
  mkdirSync(join(root, 'dist'), { recursive: true });
  for (let waited = 0; ; waited += 1) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isHeld()) rmSync(lock, { force: true });
    else {
      if (waited === 0) say('waiting for another set-up of this checkout');
      await sleep(200);
    }
  }
}

function isHeld() {
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    if (holder > 0) process.kill(holder, 0);
    return holder > 0 || Date.now() - lstatSync(lock).mtimeMs < 2_000; // empty: its holder is about to write
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** True when node_modules is what package-lock.json says. */
function install() {
  if (isInstalled()) {
    const now = new Date();
    utimesSync(installed, now, now); // newer than the lock file again, so that nobody asks twice
    return true;
  }
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    say('node_modules is a link to a folder that does not fit package-lock.json; nothing is installed through it');
    return false;
  }
  say('installing packages (npm ci), about half a minute');
  const argv = ['ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const { status, stdout, stderr, error } = spawnSync('npm', argv, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (status === 0) return true;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  say(
    error === undefined
      ? 'npm ci failed; its own words are above. It needs the npm registry or a filled npm cache'
      : `npm could not be started (${error.code}); it comes with Node`,
  );
  return false;
}

/** Compares what npm noted down when it installed with the lock file. Optional packages are for other systems. */
function isInstalled() {
  if (!existsSync(installed)) return false;
  const there = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.extraneous) return true;
    const found = there[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return found.version === entry.version && found.integrity === entry.integrity && found.link === entry.link;
  });
}

async function build() {
  const { buildStale, staleBuilds } = await import('./build.mjs');
  const stale = staleBuilds();
  if (stale.length > 0) say(`building ${stale.join(', ')}`);
  const { failed } = await buildStale();
  if (failed.length > 0) say(`the build failed in ${failed.join(', ')}`);
  return failed.length === 0;
}
