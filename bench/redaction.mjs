// Megabytes of log a second through the redactor, against one big regular expression of the same kinds of rules, in the same run.
// Needs built packages. `node bench/redaction.mjs [--json]`; about 20 seconds.
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRedactionStream, createRedactor } from '../packages/core/dist/index.js';

const ROUNDS = 5;
const BYTES = 16 * 1_048_576;
const CHUNK = 65_536;
const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const folder = fileURLToPath(new URL('../packages/core/src/redaction/__fixtures__/', import.meta.url));
const journals = fileURLToPath(new URL('../packages/workflows/src/operations/__fixtures__/', import.meta.url));

const textOf = (path) => readFileSync(path, 'utf8').split('\n').slice(1).join('\n');
const fill = (text) => text.repeat(Math.ceil(BYTES / text.length)).slice(0, BYTES);
const plain = fill(
  readdirSync(folder)
    .map((name) => textOf(folder + name))
    .join(''),
);
const corpora = {
  'logs of dpkg, apt, debootstrap, ssh and sshd': plain,
  'a journal as JSON': fill(textOf(`${journals}journal.jsonl`)),
  'the same logs with a secret every 100 lines': fill(
    plain
      .slice(0, 1_048_576)
      .split('\n')
      .map((line, index) => (index % 100 === 0 ? `${line} password=correct-horse-9` : line))
      .join('\n'),
  ),
};

/** What the redactor was before: one expression after the other joined into one, every repetition bounded. */
const PEER = new RegExp(
  [
    '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^-]{0,20000}',
    'gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\\w{20,255}|glpat-[\\w-]{20,64}|xox[abeoprs]-[A-Za-z0-9-]{10,255}',
    '(?:AKIA|ASIA)[A-Z0-9]{16}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}|sk-(?:ant-|proj-)?[\\w-]{20,255}|AIza[\\w-]{35}|npm_[A-Za-z0-9]{36}',
    'eyJ[\\w-]{8,4096}\\.[\\w-]{8,8192}\\.[\\w-]{8,4096}|[a-z][a-z0-9+.-]{1,30}://[^\\s:/@]{0,255}:[^\\s@/]{1,255}@',
    '(?:bearer|basic|token)[ \\t]{1,4}[\\w.~+/=-]{16,4096}',
    '(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|auth[_-]?token|private[_-]?key)["\']?[ \\t]{0,4}[=:][ \\t]{0,4}["\']?[^\\s"\',;&]{4,1024}',
  ].join('|'),
  'gi',
);
const redact = createRedactor();
const contenders = {
  'one regular expression of 12 shapes': (text) => text.replace(PEER, '[redacted]'),
  redactor: redact,
  'redactor, as a stream': (text) => {
    const stream = createRedactionStream();
    let out = '';
    for (let at = 0; at < text.length; at += CHUNK) out += stream.push(text.slice(at, at + CHUNK));
    return out + stream.end();
  },
};

const results = {};
for (let round = 0; round < ROUNDS; round += 1)
  for (const [corpus, text] of Object.entries(corpora))
    for (const [name, run] of Object.entries(contenders)) {
      const startMs = performance.now();
      if (run(text).length === 0) throw new Error('nothing came out');
      const perSecond = BYTES / 1e6 / ((performance.now() - startMs) / 1000);
      results[corpus] ??= {};
      results[corpus][name] ??= [];
      results[corpus][name].push(perSecond);
    }

const median = (numbers) => numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)];
const machine = { node: process.version, model: cpus()[0]?.model ?? 'unknown' };
if (options.json) console.log(JSON.stringify({ machine, results }, null, 2));
else {
  console.log(`Node ${machine.node} (${machine.model}), ${ROUNDS} rounds: median MB/s, and times the peer\n`);
  for (const [corpus, of] of Object.entries(results)) {
    console.log(corpus);
    const [peer] = Object.values(of);
    for (const [name, speeds] of Object.entries(of))
      console.log(`  ${name}: ${median(speeds).toFixed(0)} MB/s, ${(median(speeds) / median(peer)).toFixed(1)} times`);
  }
}
