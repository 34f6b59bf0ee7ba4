// How long does the command take to answer what agents ask most: help and version? The peer is Node starting an empty ES
// module, which no command written in JavaScript can beat. Rounds are interleaved, so that load falls on all alike.
//   node bench/start-up.mjs [--rounds N] [--json]

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '21' }, json: { type: 'boolean' } } });
const rounds = Math.max(7, Number(values.rounds));
const entry = fileURLToPath(new URL('../packages/meshclaw/dist/bin.js', import.meta.url));
if (!existsSync(entry)) {
  process.stderr.write('packages/meshclaw is not built: run "node scripts/build.mjs"\n');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'meshclaw-start-up-'));
const empty = join(folder, 'empty.mjs');
writeFileSync(empty, 'export {};\n');
// Reading extra certificates costs every Node process several milliseconds, whatever it runs.
const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...environment } = process.env;
const env = { ...environment, MESHCLAW_HOME: join(folder, 'home') };

const contenders = [
  { name: 'empty ES module', argv: [empty] },
  { name: 'meshclaw --help', argv: [entry, '--help'] },
  { name: 'meshclaw version', argv: [entry, 'version'] },
  { name: 'meshclaw approvals grant --help', argv: [entry, 'approvals', 'grant', '--help'] },
  {
    name: 'meshclaw policy-check codex read_state server',
    argv: [entry, 'policy-check', 'codex', 'read_state', 'server'],
  },
].map((contender) => ({ ...contender, times: [] }));

try {
  for (let warming = 0; warming < 3; warming += 1) for (const { argv } of contenders) timeOf(argv);
  for (let round = 0; round < rounds; round += 1) {
    for (const { argv, times } of contenders) times.push(timeOf(argv));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const peer = median(contenders[0].times);
const results = contenders.map(({ name, times }) => ({
  name,
  median_ms: round(median(times)),
  min_ms: round(Math.min(...times)),
  max_ms: round(Math.max(...times)),
  ratio: round(median(times) / peer),
}));
if (values.json) process.stdout.write(`${JSON.stringify({ rounds, results })}\n`);
else {
  process.stdout.write(`wall time of a process in ms, median (min–max) of ${rounds} interleaved rounds\n`);
  for (const { name, median_ms, min_ms, max_ms, ratio } of results) {
    process.stdout.write(`${name.padEnd(46)} ${median_ms} (${min_ms}–${max_ms})  ${ratio.toFixed(2)}×\n`);
  }
}

function timeOf(argv) {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with exit code ${status}`);
  return performance.now() - started;
}

function median(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function round(value) {
  return Math.round(value * 100) / 100;
}
