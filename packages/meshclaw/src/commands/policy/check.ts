/** `meshclaw policy check`: decides a batch of requests, one JSON object a line. Needs no home and no ledger, records nothing. */

import { type Decision, type PolicyDecisionPoint, toWireDecision } from '@meshclaw/core';
import { denyBecause } from '@meshclaw/policy';
import { DEFAULT_PACK, PACKS } from '@meshclaw/policy/packs';
import {
  type JunitCase,
  junitXml,
  type PolicyFinding,
  type ReadRequest,
  readRequests,
  sarifLog,
} from '@meshclaw/policy/tools';
import { defineCommand } from '../../cli/command.js';
import { EXIT, type ExitCode } from '../../cli/exit-code.js';
import { type Format, formatOf, formatOption, packNamed } from '../../cli/policy-options.js';
import { readText } from '../../home/answer.js';
import { fail, failUsage } from '../../output/fail.js';
import type { Printer } from '../../output/printer.js';
import { loadPolicy } from '../../wire-policy.js';
import { VERSION } from '../help.gen.js';

const FAIL_ON = ['approval_required', 'deny'] as const;
const FORMATS = ['json', 'junit', 'sarif'] as const;

export const command = defineCommand({
  name: 'policy check',
  summary: 'Decide a file of requests, one JSON object a line; for CI',
  description:
    'One decision a line comes out, in the same order; or one report as JUnit or SARIF, where what is at or over --fail-on is a failure. A line that is no request is decided as a deny with the reason policy.invalid_request; it never stops the batch. Exit code 0: none at or over --fail-on; 1: some; 2: usage, or policy or input that cannot be read.',
  positionals: [],
  options: [
    { name: 'requests', value: 'file', description: 'the requests; - reads stdin' },
    { name: 'policy', value: 'folder', description: 'rules of your own, added to the shipped ones' },
    { name: 'pack', value: 'name', description: `the shipped pack: ${PACKS.join(', ')} (default ${DEFAULT_PACK})` },
    { name: 'fail-on', value: 'effect', description: 'approval_required or deny (default deny)' },
    formatOption(FORMATS),
  ],
  example: 'policy check --requests requests.jsonl --fail-on approval_required',
  async run(args, { printer }): Promise<ExitCode> {
    const file = args.optional('requests');
    if (file === undefined) return failUsage(printer, '--requests is missing', 'meshclaw policy check --help');
    const failOn = args.optional('fail-on') ?? 'deny';
    if (!FAIL_ON.some((one) => one === failOn)) {
      return failUsage(printer, `--fail-on is one of ${FAIL_ON.join(', ')}`, failOn);
    }
    const format = formatOf(args, FORMATS);
    if (format.isErr()) return fail(printer, format.error);
    const pack = packNamed(args.optional('pack') ?? DEFAULT_PACK);
    if (pack.isErr()) return fail(printer, pack.error);
    const text = await readText(file);
    if (text.isErr()) return fail(printer, text.error);
    const policies = args.optional('policy');
    const policy = await loadPolicy({ pack: pack.value, ...(policies === undefined ? {} : { policies }) });
    if (policy.isErr()) return fail(printer, policy.error);
    const decided: Decided[] = [];
    for (const read of readRequests(text.value)) {
      const decision = await decideOne(policy.value, read);
      const over = decision.effect === 'deny' || decision.effect === failOn;
      decided.push({ line: read.line, decision, over });
      if (format.value === 'json') printer.line(toWireDecision(decision));
    }
    printReport(printer, format.value, file, decided);
    return decided.some(({ over }) => over) ? EXIT.findings : EXIT.fine;
  },
});

/** A decision with its line in the file, and whether it counts. */
interface Decided {
  readonly line: number;
  readonly decision: Decision;
  readonly over: boolean;
}

async function decideOne(policy: PolicyDecisionPoint, read: ReadRequest): Promise<Decision> {
  if ('request' in read) return policy.decide(read.request);
  const measured = { requestId: read.id, policyDigest: policy.digest, inputDigest: '', durationMs: 0 };
  return denyBecause('policy.invalid_request', measured, read.problem);
}

function printReport(printer: Printer, format: Format, file: string, decided: readonly Decided[]): void {
  const named = file === '-' ? 'stdin' : file;
  if (format === 'sarif')
    printer.line(
      sarifLog(
        VERSION,
        [],
        decided.flatMap((one) => findingsOf(named, one)),
      ),
    );
  if (format === 'junit')
    printer.text(
      junitXml(
        'meshclaw policy check',
        decided.map((one) => caseOf(named, one)),
      ).trimEnd(),
    );
}

/** One finding a reason, at the line of the request. */
const findingsOf = (file: string, { line, decision, over }: Decided): readonly PolicyFinding[] =>
  over
    ? decision.reasons.map(({ rule, message, source }) => ({
        rule,
        level: decision.effect === 'deny' ? 'error' : 'warning',
        message: `${decision.effect}: ${message}${source === undefined ? '' : ` (${source})`}`,
        file,
        row: line,
        column: 1,
      }))
    : [];

const caseOf = (file: string, { line, decision, over }: Decided): JunitCase => ({
  suite: file,
  name: `${decision.requestId === '' ? `line ${line}` : decision.requestId}: ${decision.effect}`,
  file,
  line,
  seconds: decision.durationMs / 1_000,
  ...(over ? { failure: { message: decision.effect, text: decision.reasons.map(reasonText).join('\n') } } : {}),
});

const reasonText = ({ rule, message, remediation, source }: Decision['reasons'][number]): string =>
  [`${rule}: ${message}`, remediation, source].filter((part) => part !== undefined).join('\n  ');
