/** `meshclaw policy check`: decides a batch of requests, one JSON object a line. Needs no home and no ledger, records nothing. */

import {
  type Decision,
  type DecisionRequest,
  fromWireRequest,
  type PolicyDecisionPoint,
  toWireDecision,
  wireRequestSchema,
} from '@meshclaw/core';
import { denyBecause } from '@meshclaw/policy';
import { DEFAULT_PACK, PACKS } from '@meshclaw/policy/packs';
import { defineCommand } from '../../cli/command.js';
import { EXIT, type ExitCode } from '../../cli/exit-code.js';
import { readText } from '../../home/answer.js';
import { nearest } from '../../home/nearest.js';
import { fail, failUsage } from '../../output/fail.js';
import { loadPolicy } from '../../wire-policy.js';

const FAIL_ON = ['approval_required', 'deny'] as const;

export const command = defineCommand({
  name: 'policy check',
  summary: 'Decide a file of requests, one JSON object a line; for CI',
  description:
    'One decision a line comes out, in the same order. A line that is no request is decided as a deny with the reason policy.invalid_request; it never stops the batch. Exit code 0: none at or over --fail-on; 1: some; 2: usage, or policy or input that cannot be read.',
  positionals: [],
  options: [
    { name: 'requests', value: 'file', description: 'the requests; - reads stdin' },
    { name: 'policy', value: 'folder', description: 'rules of your own, added to the shipped ones' },
    { name: 'pack', value: 'name', description: `the shipped pack: ${PACKS.join(', ')} (default ${DEFAULT_PACK})` },
    { name: 'fail-on', value: 'effect', description: 'approval_required or deny (default deny)' },
  ],
  example: 'policy check --requests requests.jsonl --fail-on approval_required',
  async run(args, { printer }): Promise<ExitCode> {
    const file = args.optional('requests');
    if (file === undefined) return failUsage(printer, '--requests is missing', 'meshclaw policy check --help');
    const failOn = args.optional('fail-on') ?? 'deny';
    if (!FAIL_ON.some((one) => one === failOn)) {
      return failUsage(printer, `--fail-on is one of ${FAIL_ON.join(', ')}`, failOn);
    }
    const named = args.optional('pack') ?? DEFAULT_PACK;
    const pack = PACKS.find((one) => one === named);
    if (pack === undefined) {
      const hint = nearest(named, PACKS);
      const there = `there are ${PACKS.join(', ')}`;
      return failUsage(printer, `there is no pack "${named}"`, hint ? `did you mean "${hint}"?` : there);
    }
    const text = await readText(file);
    if (text.isErr()) return fail(printer, text.error);
    const policies = args.optional('policy');
    const policy = await loadPolicy({ pack, ...(policies === undefined ? {} : { policies }) });
    if (policy.isErr()) return fail(printer, policy.error);
    let over = false;
    for (const line of text.value.split('\n').filter((one) => one.trim() !== '')) {
      const decision = await decideLine(policy.value, line);
      over ||= decision.effect === 'deny' || decision.effect === failOn;
      printer.line(toWireDecision(decision));
    }
    return over ? EXIT.findings : EXIT.fine;
  },
});

async function decideLine(policy: PolicyDecisionPoint, line: string): Promise<Decision> {
  const request = readRequest(line);
  if ('problem' in request) {
    const measured = { requestId: request.id, policyDigest: policy.digest, inputDigest: '', durationMs: 0 };
    return denyBecause('policy.invalid_request', measured, request.problem);
  }
  return policy.decide(request);
}

function readRequest(line: string): DecisionRequest | { readonly id: string; readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { id: '', problem: 'not JSON' };
  }
  const parsed = wireRequestSchema.safeParse(value);
  if (parsed.success) return fromWireRequest(parsed.data);
  const id = (value as { readonly request_id?: unknown } | null)?.request_id;
  const problem = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return { id: typeof id === 'string' ? id : '', problem };
}
