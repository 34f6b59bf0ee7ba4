// Runs the checks of the repository, level by level, and closes with what passed, failed and was skipped, and why.
//   script/test                    every level
//   script/test unit lint          these levels
//   script/test --long NAME        the long form of the tests in NAME.test.ts or NAME.long.test.ts
// A file of tests that failed is run once more by itself; when it passes there, its tests are listed as unsteady.
// Exits 1 when anything failed, 2 when it was asked for something it does not know.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const bin = (path) => join('node_modules', path);
const TSC = bin('typescript/bin/tsc');
const POLICY = ['packages/policy/', 'packages/rego/'];

/** A level is checks (each a program that passes or fails) or tests (folders with vitest files). */
const LEVELS = {
  types: { checks: [['types of the tests', TSC, '-p', 'tsconfig.tests.json']] },
  lint: {
    checks: [
      ['format and lint', bin('@biomejs/biome/bin/biome'), 'check', '.'],
      [
        'lint with types',
        bin('eslint/bin/eslint.js'),
        '--no-error-on-unmatched-pattern',
        'packages',
        'test',
        'examples',
      ],
    ],
  },
  drift: { checks: [['generated files are up to date', 'scripts/generate.mjs', '--check']] },
  gates: { tests: () => ['test/gates/'] },
  unit: { tests: () => packages().filter((folder) => !POLICY.includes(folder)) },
  policy: { tests: () => POLICY },
  integration: { tests: () => ['test/integration/'] },
  conformance: { tests: () => ['test/conformance/'] },
  faults: { tests: () => ['test/faults/'] },
  // Its tests wait more than they compute.
  lab: { tests: () => ['test/lab/'], environment: { MESHCLAW_LAB: '1', VITEST_MAX_WORKERS: '3' } },
  corpora: { tests: () => ['test/corpora/'] },
  examples: { tests: () => ['examples/'] },
  e2e: { tests: () => ['test/e2e/'] },
  packaging: { tests: () => ['test/packaging/'] },
};

/** What boots whole hosts, and the Debian packages it comes from. */
const LAB_PROGRAMS = {
  ...{ 'systemd-nspawn': 'systemd-container', debootstrap: 'debootstrap', ip: 'iproute2' },
  ...{ 'mkfs.ext4': 'e2fsprogs', flock: 'util-linux', unshare: 'util-linux' },
};

const total = { passed: 0, failed: [], unsteady: [], skipped: [] };
/** More files than this do not fail by chance: they are not tried again. */
const TRIED_AGAIN = 3;
const times = [];
const scratch = mkdtempSync(join(tmpdir(), 'meshclaw-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

const asked = readArguments(process.argv.slice(2));
installDebianPackages();
run('set-up', () => {
  check('build', 'scripts/build.mjs', '--keep-going');
  check('types of the packages', TSC, '-b');
});
if (asked.long === undefined) for (const level of asked.levels) runLevel(level);
else run(`long ${asked.long}`, () => vitest([`/${asked.long}.`], { MESHCLAW_LONG: asked.long }));
report();

function readArguments(words) {
  const at = words.indexOf('--long');
  const long = at === -1 ? undefined : words[at + 1];
  const levels = at === -1 ? words : words.toSpliced(at, 2);
  const unknown = levels.find((word) => !Object.hasOwn(LEVELS, word));
  if (unknown === undefined && (at === -1 || (long !== undefined && levels.length === 0))) {
    return { long, levels: levels.length > 0 ? levels : Object.keys(LEVELS) };
  }
  process.stderr.write(`usage: script/test [level…] [--long NAME]\nlevels: ${Object.keys(LEVELS).join(' ')}\n`);
  process.exit(['--help', '-h'].includes(unknown) ? 0 : 2);
}

function runLevel(name) {
  const { checks = [], tests, environment = {} } = LEVELS[name];
  const folders = tests?.().filter(hasTests) ?? [];
  if (checks.length === 0 && folders.length === 0) return; // this checkout has none
  run(name, () => {
    for (const [title, ...argv] of checks) check(title, ...argv);
    if (folders.length > 0) vitest(folders, environment);
  });
}

/** Notes how long it took and what came of it. */
function run(name, work) {
  process.stdout.write(`\n── ${name}\n`);
  const before = { passed: total.passed, failed: total.failed.length, skipped: total.skipped.length };
  const startedAt = performance.now();
  work();
  const seconds = (performance.now() - startedAt) / 1_000;
  const passed = total.passed - before.passed;
  const failed = total.failed.length - before.failed;
  times.push({ name, seconds, passed, failed, skipped: total.skipped.length - before.skipped });
  process.stdout.write(`── ${name}: ${failed === 0 ? 'fine' : 'FAILED'}, ${seconds.toFixed(1)} s\n`);
}

function check(title, ...argv) {
  const { status } = spawnSync(process.execPath, argv, { stdio: 'inherit' });
  process.stdout.write(`${status === 0 ? 'passed' : 'FAILED'}: ${title}\n`);
  if (status === 0) total.passed += 1;
  else total.failed.push(`${title} (node ${argv.join(' ')})`);
}

function vitest(filters, environment) {
  const first = runVitest(filters, environment);
  const files = new Set(first.failed.map((title) => title.split(': ', 1)[0]));
  const isFew = files.size <= TRIED_AGAIN && [...files].every((file) => existsSync(file));
  const failed = files.size > 0 && isFew ? runVitest([...files], environment).failed : first.failed;
  const unsteady = first.failed.filter((title) => !failed.includes(title));
  total.passed += first.passed + unsteady.length;
  total.failed.push(...failed);
  total.unsteady.push(...unsteady);
  total.skipped.push(...first.skipped);
}

/** What passed, failed and was skipped. A run that tells nothing is one that failed. */
function runVitest(filters, environment) {
  const summary = join(scratch, 'summary.json');
  rmSync(summary, { force: true });
  const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts/vitest-summary.mjs')}`];
  const { status } = spawnSync(process.execPath, [bin('vitest/vitest.mjs'), 'run', ...reporters, ...filters], {
    stdio: 'inherit',
    env: { ...process.env, ...environment, MESHCLAW_SUMMARY: summary },
  });
  const found = existsSync(summary)
    ? JSON.parse(readFileSync(summary, 'utf8'))
    : { passed: 0, failed: [], skipped: [] };
  const isUntold = found.failed.length === 0 && (status !== 0 || !existsSync(summary));
  if (isUntold) found.failed.push(`vitest ${filters.join(' ')} ended with exit code ${status}`);
  return found;
}

function report() {
  const line = (name, ...cells) => `${name.padEnd(14)}${cells.map((cell) => String(cell).padStart(9)).join('')}\n`;
  process.stdout.write(`\n${line('level', 'seconds', 'passed', 'failed', 'skipped')}`);
  for (const { name, seconds, passed, failed, skipped } of times) {
    process.stdout.write(line(name, seconds.toFixed(1), passed, failed, skipped));
  }
  for (const kind of ['failed', 'unsteady']) {
    if (total[kind].length === 0) continue;
    const meaning = kind === 'failed' ? '' : ' (failed once, passed by themselves: a defect of the test or worse)';
    process.stdout.write(`\n${kind}${meaning}:\n${total[kind].map((title) => `  ${title}\n`).join('')}`);
  }
  const reasons = groupByReason(total.skipped);
  if (total.skipped.length > 0) process.stdout.write('\nskipped:\n');
  for (const [reason, tests] of Object.entries(reasons)) {
    process.stdout.write(`  ${reason}:\n${tests.map(({ title }) => `    ${title}\n`).join('')}`);
  }
  process.stdout.write(`\n${total.passed} passed, ${total.failed.length} failed, ${total.skipped.length} skipped\n`);
  process.exitCode = total.failed.length === 0 ? 0 : 1;
}

function groupByReason(skipped) {
  const groups = {};
  for (const test of skipped) groups[test.reason] = [...(groups[test.reason] ?? []), test];
  return groups;
}

function packages() {
  return readdirSync('packages').map((name) => `packages/${name}/`);
}

function hasTests(folder) {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true }).some(
    (path) => path.endsWith('.test.ts') && !path.includes('node_modules'),
  );
}

/** As root on Debian: what some tests need. Without it those tests are skipped, and say so. */
function installDebianPackages() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  const wanted = {
    'ssh-keygen': 'openssh-client',
    strace: 'strace',
    busybox: 'busybox',
    fish: 'fish',
    tcsh: 'tcsh',
    sudo: 'sudo',
    // Where systemd runs, installing the server would also start it; whoever wants its tests there installs it himself.
    ...(existsSync('/run/systemd/system') ? {} : { sshd: 'openssh-server' }),
    ...(asked.long !== undefined || asked.levels.includes('lab') ? LAB_PROGRAMS : {}),
  };
  const folders = (process.env.PATH ?? '').split(':');
  const missing = Object.entries(wanted).filter(([program]) => !folders.some((at) => existsSync(join(at, program))));
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(([, name]) => name))];
  process.stdout.write(`installing Debian packages that some tests use: ${names.join(' ')}\n`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...argv) =>
    spawnSync('apt-get', ['-qq', ...argv], { env: environment, stdio: 'ignore', timeout: 120_000 }).status === 0;
  const done =
    apt('install', '-y', '--no-install-recommends', ...names) ||
    (apt('update') && apt('install', '-y', '--no-install-recommends', ...names));
  if (!done) process.stdout.write('they could not be installed; the tests that need them are skipped\n');
}
