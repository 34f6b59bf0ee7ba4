// Durable appends a second: the ledger with 1 and 64 callers, against SQLite with one transaction a record.
// Then records verified a second, in the process and offline, against reading every line, parsing it and writing it anew.
// Needs built packages. `node bench/ledger.mjs [--json]`; about 60 seconds.
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openLedger } from '../packages/evidence/dist/index.js';

const ROUNDS = 5;
const ROUND_MS = 1200;
const VERIFY_RECORDS = 100_000;
const VERIFIER = fileURLToPath(new URL('../packages/evidence/dist/bin.js', import.meta.url));
const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

/** A record as the engine writes it: about 430 bytes of text in all. */
const record = (number) => ({
  type: 'decision.made',
  run: `run-${Math.floor(number / 8)}`,
  execution: `execution-${number}`,
  subject: 'agent:bench',
  target: `server-${number % 20}`,
  operation: 'service.restart',
  policy: 'a'.repeat(64),
  body: { effect: 'allow', reasons: [{ rule: 'reads', title: 'Reads are allowed', message: 'x'.repeat(60) }] },
});

async function sqlite() {
  const builtin = process.getBuiltinModule?.('node:sqlite');
  return (builtin ?? (await import('@photostructure/sqlite'))).DatabaseSync;
}

/** Runs callers that each append, wait and append again; answers records a second and the times of single appends. */
async function run(callers, append) {
  const timesMs = [];
  const startMs = performance.now();
  let number = 0;
  const caller = async () => {
    for (let beforeMs = performance.now(); beforeMs - startMs < ROUND_MS; ) {
      await append(number++);
      const afterMs = performance.now();
      timesMs.push(afterMs - beforeMs);
      beforeMs = afterMs;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - startMs) / 1000;
  timesMs.sort((left, right) => left - right);
  const at = (part) => timesMs[Math.floor(timesMs.length * part)] ?? 0;
  return { perSecond: timesMs.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

const INDEXED = ['type', 'run', 'execution', 'subject', 'target', 'operation', 'policy'];

/** The same SQLite and the same durability, one transaction a record: bytes only, or with the ledger's indexes too. */
const oneTransactionEach = (columns) => async (folder) => {
  const database = new (await sqlite())(join(folder, 'plain.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(`CREATE TABLE r (${['bytes BLOB NOT NULL', ...columns.map((name) => `${name} TEXT`)]}) STRICT`);
  for (const name of columns) database.exec(`CREATE INDEX r_${name} ON r (${name})`);
  const insert = database.prepare(`INSERT INTO r VALUES (?${', ?'.repeat(columns.length)})`);
  const result = await run(1, (number) => {
    const one = record(number);
    insert.run(Buffer.from(JSON.stringify(one)), ...columns.map((name) => one[name]));
  });
  database.close();
  return result;
};

const withLedger = (callers) => async (folder) => {
  const ledger = (await openLedger({ folder: join(folder, 'ledger') }))._unsafeUnwrap();
  const result = await run(callers, async (number) => (await ledger.append([record(number)]))._unsafeUnwrap());
  await ledger.close();
  return result;
};

const contenders = {
  'SQLite FULL, one transaction each, bytes only': oneTransactionEach([]),
  'SQLite FULL, one transaction each, with indexes': oneTransactionEach(INDEXED),
  'ledger, 1 caller': withLedger(1),
  'ledger, 64 callers': withLedger(64),
};
/** A ledger and its export, for what reads. */
async function filledLedger(folder) {
  const ledger = (await openLedger({ folder: join(folder, 'ledger') }))._unsafeUnwrap();
  for (let from = 0; from < VERIFY_RECORDS; from += 500) {
    (await ledger.append(Array.from({ length: 500 }, (_, at) => record(from + at))))._unsafeUnwrap();
  }
  const path = join(folder, 'export.jsonl');
  (await ledger.exportTo(path))._unsafeUnwrap();
  return { ledger, path };
}

/** Lines, each parsed and written anew and compared: what checking a chain of canonical JSON takes at the least. */
async function readAnew({ path }) {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (JSON.stringify(JSON.parse(line)) !== line) throw new Error('written differently');
  }
}

async function verifyWithin({ ledger }) {
  if ((await ledger.verify())._unsafeUnwrap().defects.length > 0) throw new Error('defects');
}

function verifyOffline({ ledger, path }) {
  const { status } = spawnSync(process.execPath, [VERIFIER, 'verify', path, '--key', ledger.verifierKey]);
  if (status !== 0) throw new Error('defects');
}

const readers = {
  'readline, JSON.parse, JSON.stringify, compare': readAnew,
  'verify, in the process (index and pages too)': verifyWithin,
  'verify, offline, an export (start-up included)': verifyOffline,
};

async function measureReaders() {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-bench-'));
  const filled = await filledLedger(folder);
  const results = Object.fromEntries(Object.keys(readers).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, read] of Object.entries(readers)) {
      const startMs = performance.now();
      await read(filled);
      results[name].push((VERIFY_RECORDS / (performance.now() - startMs)) * 1000);
    }
  }
  const proofs = [];
  for (let at = 0; at < 50; at += 1) {
    const startMs = performance.now();
    (await filled.ledger.proveInclusion(at * 1999))._unsafeUnwrap();
    proofs.push(performance.now() - startMs);
  }
  await filled.ledger.close();
  rmSync(folder, { recursive: true });
  return { results, proofMs: proofs };
}

const rounds = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const results = {};
  for (const [name, contender] of Object.entries(contenders)) {
    const folder = mkdtempSync(join(tmpdir(), 'meshclaw-bench-'));
    results[name] = await contender(folder);
    rmSync(folder, { recursive: true });
  }
  rounds.push(results);
}

const spread = (numbers) => {
  const sorted = [...numbers].sort((left, right) => left - right);
  return { median: sorted[Math.floor(sorted.length / 2)], min: sorted[0], max: sorted.at(-1) };
};
const show = ({ median, min, max }, digits = 0) =>
  `${median.toFixed(digits)} (${min.toFixed(digits)} - ${max.toFixed(digits)})`;
const machine = { node: process.version, cpus: availableParallelism(), model: cpus()[0]?.model ?? 'unknown' };

const reading = await measureReaders();
if (options.json) console.log(JSON.stringify({ machine, rounds, reading }, null, 2));
else {
  console.log(`Node ${machine.node}, ${machine.cpus} CPUs (${machine.model}), ${ROUNDS} rounds: median (min - max)\n`);
  const [bytesOnly, indexed] = Object.keys(contenders);
  for (const name of Object.keys(contenders)) {
    const of = (pick) => spread(rounds.map((results) => pick(results[name], results)));
    const times = (peer) =>
      show(
        of((own, all) => own.perSecond / all[peer].perSecond),
        1,
      );
    console.log(name);
    console.log(`  ${show(of(({ perSecond }) => perSecond))} durable appends/s`);
    console.log(
      `  p50 ${show(
        of(({ p50Ms }) => p50Ms),
        2,
      )} ms, p99 ${show(
        of(({ p99Ms }) => p99Ms),
        2,
      )} ms`,
    );
    if (name.startsWith('ledger'))
      console.log(`  ${times(bytesOnly)} times bytes only, ${times(indexed)} times with indexes`);
  }
  const [peer] = Object.values(reading.results);
  for (const [name, perSecond] of Object.entries(reading.results)) {
    const ratio = perSecond.map((own, round) => own / peer[round]);
    console.log(`${name}\n  ${show(spread(perSecond))} records/s, ${show(spread(ratio), 2)} times the first`);
  }
  console.log(`a proof of one of ${VERIFY_RECORDS} records\n  ${show(spread(reading.proofMs), 2)} ms`);
}
