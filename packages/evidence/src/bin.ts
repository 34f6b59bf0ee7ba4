#!/usr/bin/env node
/** `meshclaw-evidence`: checks an export, a `ledger.db` or a proof with nothing but Node. */

import { parseArgs } from 'node:util';
import { checkProof, type ProofRequest } from './offline/check-proof.js';
import { proofText, textReport } from './offline/text-report.js';
import { type VerifyRequest, verifyFile } from './offline/verify-file.js';

const USAGE = `usage: meshclaw-evidence verify <export | ledger.db | folder> [--key <verifier key>] [--against <head file>] [--json]
       meshclaw-evidence check <proof> --key <verifier key> [--against <head file>] [--json]

Exit codes: 0 nothing is wrong, 1 defects were found or nothing was proved, 2 nothing could be verified.
`;
const [GOOD, DEFECTS, FAILED] = [0, 1, 2];

async function main(): Promise<number> {
  const { command, path, key, against, json } = readArguments();
  const heads = against === undefined ? {} : { against };
  if (command === 'verify' && path !== undefined) {
    return verify({ path, ...(key === undefined ? {} : { key }), ...heads }, json);
  }
  if (command === 'check' && path !== undefined && key !== undefined) return check({ path, key, ...heads }, json);
  process.stderr.write(USAGE);
  return FAILED;
}

async function verify(request: VerifyRequest, json: boolean): Promise<number> {
  const report = await verifyFile(request);
  if ('failure' in report) {
    process.stderr.write(`${report.failure}\n`);
    return FAILED;
  }
  process.stdout.write(json ? asJson(report) : textReport(request.path, report));
  return report.defects.length === 0 ? GOOD : DEFECTS;
}

async function check(request: ProofRequest, json: boolean): Promise<number> {
  const report = await checkProof(request);
  process.stdout.write(json ? asJson(report) : proofText(request.path, report));
  return report.proves === 'nothing' ? DEFECTS : GOOD;
}

const asJson = (report: unknown): string => `${JSON.stringify(report, null, 2)}\n`;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: { type: 'string' }, against: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const [command, path, ...more] = positionals;
  return { ...values, command, path: more.length === 0 ? path : undefined };
}

try {
  process.exitCode = await main();
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = FAILED;
}
