// How long do commands on a server take, next to OpenSSH's own client? A real sshd on loopback with its default limits
// (MaxStartups 10:30:100, MaxSessions 10); the peers are ssh with a ControlMaster where a connection is kept, and plain ssh
// where none is. Rounds are interleaved, so that load falls on all alike; only the ratios mean something.
// Needs built packages, sshd and ssh. `node bench/ssh.mjs [--rounds N] [--json]`; about a minute.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { ssh } from '../packages/executors/dist/ssh/index.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' }, json: { type: 'boolean' } } });
const ROUNDS = Math.max(3, Number(values.rounds));
const MANY = 50;

/** The same server that the tests start. */
const { startSshd, whyNoSshd } = await importTypeScript('../packages/executors/src/ssh/_testing/sshd.ts');
const why = whyNoSshd();
if (why !== undefined) {
  process.stderr.write(`no benchmark: ${why}\n`);
  process.exit(0);
}
const server = await startSshd({ lines: ['MaxStartups 10:30:100', 'MaxSessions 10'] });
const { host, port, user, identity_file: key } = server.settings();
const control = join(server.folder, 'control');
const settings = ssh().settings.parse(server.settings());
const call = { executionId: 'bench', timeoutMs: 60_000, maxOutputBytes: 65_536 };
const command = (...argv) => ({ kind: 'command', argv, as: 'login' });

const common = [
  '-F',
  'none',
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  'UserKnownHostsFile=/dev/null',
  '-o',
  'LogLevel=ERROR',
];
const login = ['-o', 'BatchMode=yes', '-i', key, '-p', String(port), `${user}@${host}`];
const plain = (more, ...words) => openssh([...common, ...more, ...login, ...words]);
const shared = (...words) => plain(['-S', control, '-o', 'ControlMaster=no'], ...words);

/** True when it ended well. Environment as in a login, so that nothing of this process slows the client. */
function openssh(words) {
  return new Promise((resolve) => {
    const child = spawn('ssh', words, { stdio: ['ignore', 'ignore', 'ignore'] });
    child.once('close', (code) => resolve(code === 0));
  });
}

const ours = async (session, ...argv) => {
  const answer = await session.perform(command(...argv), call);
  return answer.isOk() && answer.value.kind === 'exited' && answer.value.exitCode === 0;
};
async function cold() {
  const executor = ssh();
  const opened = await executor.open(settings, call);
  const done = opened.isOk() && (await ours(opened.value, 'true'));
  await executor.close();
  return done;
}
const numbers = (count) => Array.from({ length: count }, (_, number) => number);
const together = async (count, one) => {
  const done = await Promise.all(numbers(count).map(one));
  return done.filter((fine) => !fine).length;
};
const inTurn = async (count, one) => {
  let failed = 0;
  for (const number of numbers(count)) if (!(await one(number))) failed += 1;
  return failed;
};

const master = spawn('ssh', [...common, '-M', '-S', control, '-N', ...login], { stdio: 'ignore' });
const executor = ssh();
const kept = (await executor.open(settings, call))._unsafeUnwrap();
await waitFor(() => shared('true'));
const reads = numbers(10).map(() => command('uptime'));
const framed = async () => {
  const answer = await kept.performAll(reads, call);
  return answer.isOk() ? answer.value.filter(({ kind, exitCode }) => kind !== 'exited' || exitCode !== 0).length : 10;
};

/** Each answers how many of its commands failed. */
const questions = {
  'one command on a kept connection': {
    MeshClaw: () => inTurn(10, () => ours(kept, 'true')),
    'ssh, ControlMaster': () => inTurn(10, () => shared('true')),
    per: 10,
  },
  'connect and one command': {
    MeshClaw: () => inTurn(3, cold),
    ssh: () => inTurn(3, () => plain([], 'true')),
    'ssh, curve25519': () => inTurn(3, () => plain(['-o', 'KexAlgorithms=curve25519-sha256'], 'true')),
    per: 3,
  },
  'ten reads of one server': {
    'MeshClaw, framed': framed,
    'ssh, ControlMaster': () => inTurn(10, () => shared('uptime')),
    per: 1,
  },
  'fifty commands at once on one login': {
    MeshClaw: () => together(MANY, () => ours(kept, 'true')),
    'ssh, ControlMaster': () => together(MANY, () => shared('true')),
    per: 1,
  },
  'fifty connections at once': {
    MeshClaw: () => together(MANY, cold),
    ssh: () => together(MANY, () => plain([], 'true')),
    per: 1,
  },
};

const results = {};
try {
  for (const [question, { per, ...contenders }] of Object.entries(questions)) {
    for (const contender of Object.values(contenders)) await contender(); // warm
    const samples = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
    const failures = Object.fromEntries(Object.keys(contenders).map((name) => [name, 0]));
    const rounds = per === 1 && question.startsWith('fifty') ? Math.ceil(ROUNDS / 3) : ROUNDS;
    for (let round = 0; round < rounds; round += 1)
      for (const [name, contender] of Object.entries(contenders)) {
        const startedAtMs = performance.now();
        failures[name] += await contender();
        samples[name].push((performance.now() - startedAtMs) / per);
      }
    const [own] = Object.keys(contenders);
    results[question] = Object.fromEntries(
      Object.keys(contenders).map((name) => [
        name,
        { ...spread(samples[name]), failed: failures[name], rounds, ratio: ratio(samples[own], samples[name]) },
      ]),
    );
  }
} finally {
  await executor.close();
  master.kill();
  await server.stop();
}

if (values.json) console.log(JSON.stringify(results, null, 2));
else
  for (const [question, contenders] of Object.entries(results)) {
    console.log(`${question}, ms: median (min - max)`);
    for (const [name, { median, min, max, failed, rounds, ratio: times }] of Object.entries(contenders)) {
      const figures = `${median.toFixed(1)} (${min.toFixed(1)} - ${max.toFixed(1)})`;
      const lost = failed === 0 ? '' : `, ${failed} failed in ${rounds} rounds`;
      console.log(`  ${name.padEnd(20)} ${figures.padEnd(28)} MeshClaw takes ${times.toFixed(2)} of it${lost}`);
    }
  }

/** The median of the ratios of each round. */
function ratio(own, other) {
  return spread(own.map((ms, round) => ms / other[round])).median;
}

function spread(samples) {
  const sorted = [...samples].sort((left, right) => left - right);
  return { median: sorted[Math.floor(sorted.length / 2)], min: sorted[0], max: sorted.at(-1) };
}

async function waitFor(isThere) {
  for (let tries = 0; !(await isThere()); tries += 1) {
    if (tries === 100) throw new Error('the ControlMaster did not come up');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A file that imports Node's own modules alone. */
async function importTypeScript(path) {
  const text = readFileSync(new URL(path, import.meta.url), 'utf8');
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`);
}
