// Builds the packages: JavaScript by tsup, and with --types the declarations by `tsc -b`.
// A package whose sources are not newer than its last build is left alone. --force builds all of them.
// --keep-going builds what can be built and still exits 1 when something failed.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamps = join(root, 'dist');

/** Names of the packages that are older than their sources. */
export function staleBuilds() {
  return packageNames().filter((name) => !hasOutput(name) || isNewer(inputsOf(name), stampOf(name)));
}

/** Builds the named packages, one after another, in this process; answers the names of those that failed. */
async function buildPackages(names) {
  process.chdir(root); // tsup.config.ts names its folders from the root
  const { build } = await import('tsup');
  const failed = [];
  for (const name of names) {
    const startedAt = new Date();
    process.env.MESHCLAW_BUILD = name;
    try {
      await build({ silent: true });
      removeOlder(join(root, 'packages', name, 'dist'), startedAt.getTime());
      leaveStamp(stampOf(name), startedAt);
    } catch (error) {
      failed.push(name);
      process.stderr.write(`packages/${name} was not built: ${String(error?.message ?? error).split('\n', 1)}\n`);
    }
  }
  return failed;
}

/** Builds what is stale and remembers when all was fresh, which is what script/meshclaw looks at. */
export async function buildStale({ force = false } = {}) {
  const startedAt = new Date();
  const names = force ? packageNames() : staleBuilds();
  const failed = names.length === 0 ? [] : await buildPackages(names);
  if (failed.length === 0) leaveStamp(join(stamps, 'built'), startedAt);
  return { built: names, failed };
}

/** Declarations of every package; true when there was nothing to do or all is well. */
function buildTypes({ force }) {
  const stamp = join(stamps, 'typed');
  const inputs = [...packageNames().flatMap(inputsOf), 'tsconfig.json', 'tsconfig.base.json'];
  if (!force && !isNewer(inputs, stamp)) return true;
  const startedAt = new Date();
  for (const name of packageNames()) removeOrphans(join(root, 'packages', name));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-b'], { cwd: root, stdio: 'inherit' });
  if (status === 0) leaveStamp(stamp, startedAt);
  return status === 0;
}

function packageNames() {
  const folder = join(root, 'packages');
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'src')));
}

const inputsOf = (name) => ['src', 'package.json', 'tsconfig.json'].map((part) => join('packages', name, part));
const hasOutput = (name) => existsSync(join(root, 'packages', name, 'dist', 'index.js'));
const stampOf = (name) => join(stamps, `built-${name}`);

/** Whether one of the paths (folders: with all that is in them) has changed since the stamp was left. */
function isNewer(paths, stamp) {
  if (!existsSync(stamp)) return true;
  const limit = statSync(stamp).mtimeMs;
  return [...paths, 'tsup.config.ts'].some((path) => changedAfter(join(root, path), limit));
}

function changedAfter(path, limit) {
  if (path.endsWith('.test.ts')) return false;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (found.mtimeMs > limit) return true;
  return found.isDirectory() && readdirSync(path).some((name) => changedAfter(join(path, name), limit));
}

/** The stamp bears the time at which the build began: what is edited during a build is built again. */
function leaveStamp(path, time) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, time, time);
}

/** JavaScript of earlier builds: chunks are named by content, so old ones would stay and be published. */
function removeOlder(folder, limit) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (/\.js(\.map)?$/.test(entry.name) && statSync(path).mtimeMs < limit - 1_000) rmSync(path, { force: true });
  }
}

/** Declarations whose source is gone; `tsc -b` leaves them. */
function removeOrphans(folder) {
  const dist = join(folder, 'dist');
  if (!existsSync(dist)) return;
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    if (!entry.name.endsWith('.d.ts')) continue;
    const path = join(entry.parentPath, entry.name);
    const source = join(folder, 'src', path.slice(dist.length).replace(/\.d\.ts$/, '.ts'));
    if (!existsSync(source) && !existsSync(`${source}x`)) rmSync(path);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  const flags = new Set(process.argv.slice(2));
  const force = flags.has('--force');
  const { failed } = await buildStale({ force });
  if (failed.length > 0 && !flags.has('--keep-going')) process.exit(1);
  const typed = !flags.has('--types') || buildTypes({ force });
  process.exitCode = failed.length > 0 || !typed ? 1 : 0;
}
