#!/usr/bin/env node
/** `meshclaw-evidence verify`: checks an export or a `ledger.db` with nothing but Node. */

import { parseArgs } from 'node:util';
import { textReport } from './offline/text-report.js';
import { verifyFile } from './offline/verify-file.js';

const USAGE = `usage: meshclaw-evidence verify <export | ledger.db | folder> [--key <verifier key>] [--against <head file>] [--json]

Exit codes: 0 nothing is wrong, 1 defects were found, 2 nothing could be verified.
`;
const [GOOD, DEFECTS, FAILED] = [0, 1, 2];

async function main(): Promise<number> {
  const { path, key, against, json } = readArguments();
  if (path === undefined) {
    process.stderr.write(USAGE);
    return FAILED;
  }
  const request = { path, ...(key === undefined ? {} : { key }), ...(against === undefined ? {} : { against }) };
  const report = await verifyFile(request);
  if ('failure' in report) {
    process.stderr.write(`${report.failure}\n`);
    return FAILED;
  }
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : textReport(path, report));
  return report.defects.length === 0 ? GOOD : DEFECTS;
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: { type: 'string' }, against: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const [command, path, ...more] = positionals;
  return { ...values, path: command === 'verify' && more.length === 0 ? path : undefined };
}

try {
  process.exitCode = await main();
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = FAILED;
}
