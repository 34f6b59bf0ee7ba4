// One policy decision: decide() in this process, against only serialising and hashing the same request, and, with a
// native opa, against `opa run --server` over loopback with the same Rego.
//   node bench/decision.mjs [--opa PATH] [--json]
// Needs built packages; about 20 seconds.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { toWireRequest } from '../packages/core/dist/index.js';
import { openPolicy } from '../packages/policy/dist/index.js';

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

const server = options.opa === undefined ? undefined : await startOpa(options.opa);
if (server) contenders['opa run --server over loopback, a change'] = server.ask;

const rounds = [];
for (const contender of Object.values(contenders)) await times(contender, change);
for (let round = 0; round < ROUNDS; round += 1) {
  const results = {};
  for (const [name, contender] of Object.entries(contenders)) results[name] = await times(contender, change);
  rounds.push(results);
}
server?.stop();

const machine = { node: process.version, cpus: availableParallelism(), model: cpus()[0]?.model ?? 'unknown' };
const bytes = Buffer.byteLength(JSON.stringify(toWireRequest(question(0, change))));
if (options.json) console.log(JSON.stringify({ machine, bytes, rounds }, null, 2));
else print();

function print() {
  console.log(
    `Node ${machine.node}, ${machine.cpus} CPUs (${machine.model}), ${bytes} byte request, ${ROUNDS} rounds: median (min - max)\n`,
  );
  const own = 'decide(), a change';
  for (const name of Object.keys(contenders)) {
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
  if (!server) console.log('\nopa run --server was not measured: name a native opa with --opa PATH');
}
function show(numbers, digits = 1) {
  const sorted = [...numbers].sort((left, right) => left - right);
  const [median, min, max] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)].map((number) =>
    number.toFixed(digits),
  );
  return `${median} (${min} - ${max})`;
}

/** The same Rego and data in OPA's own server, asked over one kept-alive connection. */
async function startOpa(binary) {
  const shipped = new URL('../packages/policy/shipped/', import.meta.url);
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-bench-'));
  const { modules } = JSON.parse(readFileSync(new URL('modules.gen.json', shipped), 'utf8'));
  for (const { path, text } of modules) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, 'data.json'), readFileSync(new URL('data.json', shipped)));
  const port = await freePort();
  const child = spawn(
    binary,
    [
      'run',
      '--server',
      '--log-level',
      'error',
      '--addr',
      `127.0.0.1:${port}`,
      '--disable-telemetry',
      '--bundle',
      folder,
    ],
    { stdio: 'ignore' },
  );
  const agent = new Agent({ keepAlive: true });
  const post = (body) =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const sent = request(
        { agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/data/meshclaw/authz/decision', headers },
        (response) => {
          const parts = [];
          response
            .on('data', (part) => parts.push(part))
            .on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString('utf8'))));
        },
      );
      sent.on('error', reject).end(JSON.stringify({ input: body }));
    });
  const ask = (asked) => decided(post(toWireRequest(asked)).then(({ result }) => result));
  const stop = () => {
    agent.destroy();
    child.kill();
    rmSync(folder, { recursive: true });
  };
  for (let attempt = 0; ; attempt += 1) {
    const up = await ask(question(0, change)).then(
      () => true,
      () => false,
    );
    if (up) return { ask, stop };
    if (attempt > 100 || child.exitCode !== null) {
      stop();
      throw new Error('opa run --server does not answer');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
