// One policy decision: decide() in this process, against only serialising and hashing the same request, against OPA
// embedded in a Go program where Go is present, and, with a native opa, against `opa run --server` over loopback; all with
// the same Rego. Then opening a policy: shipped, with a rule of the owner's compiled, and the same from the cache.
//   node bench/decision.mjs [--opa PATH] [--json]
// Needs built packages; about 40 seconds.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toWireRequest } from '../packages/core/dist/index.js';
import { openPolicy } from '../packages/policy/dist/index.js';
import { startEmbeddedOpa } from './peers/embedded-opa.mjs';
import { startOpaServer } from './peers/opa-server.mjs';

const ROUNDS = 7;
const ROUND_MS = 400;
const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, opa: { type: 'string' } },
});

/** About 4 KiB on the wire, as the engine asks for a server with notes and twenty fresh facts. */
const question = (number, action) => ({
  requestId: `req-${number}`,
  subject: { type: 'agent', id: 'codex', properties: { client: 'codex-cli', authenticated_by: 'stdio' } },
  action,
  resource: {
    type: 'server',
    id: 'web1',
    properties: { tags: ['web', 'edge'], environment: 'staging', criticality: 'medium', notes: 'n'.repeat(2_600) },
    facts: Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`disk_${n}_used_percent`, { value: 40 + n, ageSeconds: n }]),
    ),
  },
  context: {
    now: '2026-01-01T00:00:00.000Z',
    mode: 'execute',
    surface: 'mcp',
    freeze: false,
    exposed: false,
    recent: { [action.name]: 1 },
  },
});
const change = { name: 'file.chmod', class: 'write', properties: { path: '/srv/app/config.json', mode: '0640' } };
const command = {
  name: 'command.run',
  class: 'judged',
  properties: {},
  argv: ['journalctl', '--unit', 'nginx.service'],
};

/** Asks again and again for a while; answers the times of single decisions in microseconds. */
async function times(ask, action) {
  const timesUs = [];
  for (let number = 0, beforeMs = performance.now(), endMs = beforeMs + ROUND_MS; beforeMs < endMs; number += 1) {
    const asked = question(number, action);
    const startMs = performance.now();
    await ask(asked);
    beforeMs = performance.now();
    timesUs.push((beforeMs - startMs) * 1_000);
  }
  timesUs.sort((left, right) => left - right);
  const at = (part) => timesUs[Math.floor(timesUs.length * part)];
  return { p50Us: at(0.5), p99Us: at(0.99) };
}

const OWN_RULE = `# METADATA
# title: No change at night
# description: A rule of the owner's, for measuring.
# custom:
#   id: file.quiet_hours
#   severity: low
#   message: not now
#   remediation: wait
#   enforcement: hard
package meshclaw.rules.file.quiet_hours

import data.meshclaw.lib.reason

approval_required contains r if {
	input.resource.properties.environment == "night"
	r := reason.because(rego.metadata.chain(), [["resource", "properties", "environment"]])
}
`;

const policy = (await openPolicy())._unsafeUnwrap();
const contenders = {
  'decide(), a change': (asked) => decided(policy.decide(asked)),
  'decide(), a command': (asked) => decided(policy.decide({ ...asked, action: command }), 'read_state'),
  'only JSON.stringify and SHA-256': (asked) =>
    createHash('sha256')
      .update(JSON.stringify(toWireRequest(asked)))
      .digest('hex'),
};
async function decided(decision, effect = 'approval_required') {
  if ((await decision).effect !== effect) throw new Error('not the decision this benchmark is about');
}

const first = toWireRequest(question(0, change));
const server = options.opa === undefined ? undefined : await startOpaServer(options.opa, first);
if (server)
  contenders['opa run --server over loopback, a change'] = (asked) => decided(server.ask(toWireRequest(asked)));
const measures = Object.fromEntries(
  Object.entries(contenders).map(([name, contender]) => [name, () => times(contender, change)]),
);
const embedded = startEmbeddedOpa(first);
if (embedded) measures['OPA embedded in Go, a change'] = () => embedded.times(ROUND_MS);

const rounds = [];
for (const measure of Object.values(measures)) await measure();
for (let round = 0; round < ROUNDS; round += 1) {
  const results = {};
  for (const [name, measure] of Object.entries(measures)) results[name] = await measure();
  rounds.push(results);
}
server?.stop();
embedded?.stop();
const opened = await openings();

/** Milliseconds to a policy that decides: as shipped, with an owner's rule that has to be compiled, and that from the cache. */
async function openings() {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-bench-'));
  const ownerFolder = join(folder, 'policies');
  mkdirSync(join(ownerFolder, 'rules/file/quiet_hours'), { recursive: true });
  writeFileSync(join(ownerFolder, 'rules/file/quiet_hours/quiet_hours.rego'), OWN_RULE);
  const open = async (options) => {
    const startMs = performance.now();
    const loaded = (await openPolicy(options))._unsafeUnwrap();
    const tookMs = performance.now() - startMs;
    await loaded.close();
    return tookMs;
  };
  const all = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const cacheFolder = join(folder, `cache-${round}`);
    mkdirSync(cacheFolder, { mode: 0o700 });
    all.push({
      shipped: await open({}),
      'an owner’s rule, compiled': await open({ ownerFolder, cacheFolder }),
      'an owner’s rule, from the cache': await open({ ownerFolder, cacheFolder }),
    });
  }
  rmSync(folder, { recursive: true });
  return all;
}

const machine = { node: process.version, cpus: availableParallelism(), model: cpus()[0]?.model ?? 'unknown' };
const bytes = Buffer.byteLength(JSON.stringify(first));
if (options.json) console.log(JSON.stringify({ machine, bytes, rounds, opened }, null, 2));
else print();

function print() {
  console.log(
    `Node ${machine.node}, ${machine.cpus} CPUs (${machine.model}), ${bytes} byte request, ${ROUNDS} rounds: median (min - max)\n`,
  );
  const own = 'decide(), a change';
  for (const name of Object.keys(measures)) {
    console.log(name);
    console.log(
      `  p50 ${show(rounds.map((all) => all[name].p50Us))} µs, p99 ${show(rounds.map((all) => all[name].p99Us))} µs`,
    );
    if (name !== own)
      console.log(
        `  p50 is ${show(
          rounds.map((all) => all[name].p50Us / all[own].p50Us),
          2,
        )} times that of ${own}`,
      );
  }
  console.log('\nopening a policy');
  for (const name of Object.keys(opened[0])) console.log(`  ${name}: ${show(opened.map((all) => all[name]))} ms`);
  if (!embedded) console.log('\nOPA embedded in Go was not measured: there is no Go');
  if (!server) console.log('\nopa run --server was not measured: name a native opa with --opa PATH');
}
function show(numbers, digits = 1) {
  const sorted = [...numbers].sort((left, right) => left - right);
  const [median, min, max] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)].map((number) =>
    number.toFixed(digits),
  );
  return `${median} (${min} - ${max})`;
}
