// What does it cost to judge command text, at p50 and at worst, for ordinary commands and for texts made to take long? The
// peer is the shell's own syntax check, `bash -n`, of which every text needs a new process; and for scale JSON.stringify and
// SHA-256 of the same text in this process, which nothing that records a command can do without.
//   node bench/command.mjs [--rounds N] [--json]
// Needs built packages and bash; about half a minute.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { openPolicy } from '../packages/policy/dist/index.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean' } } });
const rounds = Math.max(3, Number(values.rounds));
const lines = (name) =>
  readFileSync(new URL(`../test/corpora/${name}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '));
const hostile = await hostileTexts();
const sets = {
  ordinary: ['harmless', 'asked', 'denied'].flatMap(lines),
  'hostile, up to 16 KiB': hostile(16_384),
  'hostile, up to 64 KiB': hostile(65_536),
};

const policy = (await openPolicy())._unsafeUnwrap();
const decide = (text) =>
  policy.decide({
    requestId: 'bench',
    subject: { type: 'agent', id: 'codex' },
    action: { name: 'command.run', class: 'judged', properties: { text, shell: 'bash' }, argv: ['bash', '-c', text] },
    resource: { type: 'server', id: 'web1', properties: {}, facts: {} },
    context: {
      now: '2026-01-01T00:00:00.000Z',
      mode: 'execute',
      surface: 'cli',
      freeze: false,
      exposed: false,
      recent: { 'command.run': 0 },
    },
  });
const digest = (text) => createHash('sha256').update(JSON.stringify({ text })).digest('hex');
const syntaxCheck = (text) => spawnSync('bash', ['-n'], { input: text, stdio: ['pipe', 'ignore', 'ignore'] });

for (const text of sets.ordinary) await decide(text);
const results = {};
for (const [name, texts] of Object.entries(sets)) {
  // The best of the rounds for each text: what else the machine did is not what this is about.
  const judged = await fastest(texts, decide, rounds);
  const some = texts.filter((_, at) => at % Math.ceil(texts.length / 60) === 0);
  results[name] = {
    texts: texts.length,
    judged: summary(judged),
    digest: summary(await fastest(texts, digest, rounds)),
    bash: summary(await fastest(some, syntaxCheck, 3)),
    over5Ms: judged.filter((ms) => ms > 5).length,
  };
}

async function fastest(texts, work, times) {
  const best = texts.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < times; round += 1) {
    for (const [at, text] of texts.entries()) {
      const startMs = performance.now();
      await work(text);
      best[at] = Math.min(best[at], performance.now() - startMs);
    }
  }
  return best;
}

function summary(timesMs) {
  const sorted = [...timesMs].sort((left, right) => left - right);
  return { p50Ms: sorted[sorted.length >> 1], worstMs: sorted.at(-1) };
}

/** The texts of the tests, so that there is one list of them. */
async function hostileTexts() {
  const source = new URL('../packages/policy/src/command/_testing/hostile.ts', import.meta.url);
  const built = await build({ entryPoints: [source.pathname], write: false, format: 'esm', logLevel: 'error' });
  const loaded = await import(
    `data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString('base64')}`
  );
  return loaded.hostileTexts;
}

const machine = { node: process.version, cpus: availableParallelism(), model: cpus()[0]?.model ?? 'unknown' };
if (values.json) console.log(JSON.stringify({ machine, rounds, results }, null, 2));
else print();

function print() {
  console.log(
    `Node ${machine.node}, ${machine.cpus} CPUs (${machine.model}), best of ${rounds} rounds for each text\n`,
  );
  for (const [name, { texts, judged, digest: hashed, bash, over5Ms }] of Object.entries(results)) {
    console.log(`${name} (${texts} texts)`);
    console.log(`  decided       p50 ${shown(judged.p50Ms)}, worst ${shown(judged.worstMs)}, ${over5Ms} over 5 ms`);
    console.log(
      `  bash -n       p50 ${shown(bash.p50Ms)}, worst ${shown(bash.worstMs)}: ${ratios(bash, judged)} as long`,
    );
    console.log(
      `  only digested p50 ${shown(hashed.p50Ms)}, worst ${shown(hashed.worstMs)}: ${ratios(hashed, judged)} as long`,
    );
  }
}

function shown(ms) {
  return `${ms.toFixed(3)} ms`;
}

function ratios(peer, own) {
  return `${(peer.p50Ms / own.p50Ms).toFixed(2)} (p50) and ${(peer.worstMs / own.worstMs).toFixed(2)} (worst) times`;
}
