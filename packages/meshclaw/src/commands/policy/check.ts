/** `meshclaw policy check`: decides a batch of requests, one JSON object a line. Needs no home and no ledger, records nothing. */

import { type Decision, type PolicyDecisionPoint, toWireDecision } from '@meshclaw/core';
import { denyBecause, type Policy } from '@meshclaw/policy';
import { DEFAULT_PACK, PACKS } from '@meshclaw/policy/packs';
import {
  type JunitCase,
  junitXml,
  type PolicyFinding,
  type ReadRequest,
  readRequests,
  sarifLog,
} from '@meshclaw/policy/tools';
import { answerData, decideCommand, decideLine } from '../../cli/check-commands.js';
import { type Arguments, defineCommand } from '../../cli/command.js';
import { EXIT, type ExitCode } from '../../cli/exit-code.js';
import { type Format, formatOf, formatOption, packNamed } from '../../cli/policy-options.js';
import { readText } from '../../home/answer.js';
import { commandLines } from '../../output/command-text.js';
import { decisionLines } from '../../output/decision-text.js';
import { visibleLine } from '../../output/escape.js';
import { fail, failUsage } from '../../output/fail.js';
import type { Printer } from '../../output/printer.js';
import { loadPolicy } from '../../wire-policy.js';
import { VERSION } from '../help.gen.js';

const FAIL_ON = ['approval_required', 'deny'] as const;
const SHELLS = ['sh', 'bash'] as const;
const FORMATS = ['json', 'junit', 'sarif'] as const;

export const command = defineCommand({
  name: 'policy check',
  summary: 'Decide a file of requests, one JSON object a line; for CI',
  description:
    'One decision a line comes out, in the same order; or one report as JUnit or SARIF, where what is at or over --fail-on is a failure. A line that is no request is decided as a deny with the reason policy.invalid_request; it never stops the batch. Exit code 0: none at or over --fail-on; 1: some; 2: usage, or policy or input that cannot be read.',
  positionals: [],
  options: [
    { name: 'requests', value: 'file', description: 'the requests; - reads stdin' },
    { name: 'command', value: 'text', description: 'one command instead: what it would do, and what policy says' },
    { name: 'commands', value: 'file', description: 'commands instead, one {"id", "command"} a line; - reads stdin' },
    { name: 'shell', value: 'sh|bash', description: 'the shell that would read the commands (default sh)' },
    { name: 'subject', value: 'name', description: 'who would run the commands (default an agent)' },
    { name: 'server', value: 'name', description: 'where (default localhost)' },
    { name: 'policy', value: 'folder', description: 'rules of your own, added to the shipped ones' },
    { name: 'pack', value: 'name', description: `the shipped pack: ${PACKS.join(', ')} (default ${DEFAULT_PACK})` },
    { name: 'fail-on', value: 'effect', description: 'approval_required or deny (default deny)' },
    formatOption(FORMATS),
  ],
  example: 'policy check --requests requests.jsonl --fail-on approval_required',
  async run(args, { printer }): Promise<ExitCode> {
    const commands = args.optional('commands') ?? args.optional('command');
    const file = args.optional('requests') ?? commands;
    const given = ['requests', 'command', 'commands'].filter((name) => args.optional(name) !== undefined);
    if (given.length > 1) return failUsage(printer, 'give one of them', given.map((name) => `--${name}`).join(' '));
    if (file === undefined) return failUsage(printer, '--requests is missing', 'meshclaw policy check --help');
    const failOn = args.optional('fail-on') ?? 'deny';
    if (!FAIL_ON.some((one) => one === failOn)) {
      return failUsage(printer, `--fail-on is one of ${FAIL_ON.join(', ')}`, failOn);
    }
    const format = formatOf(args, FORMATS);
    if (format.isErr()) return fail(printer, format.error);
    const pack = packNamed(args.optional('pack') ?? DEFAULT_PACK);
    if (pack.isErr()) return fail(printer, pack.error);
    const policies = args.optional('policy');
    const policy = await loadPolicy({ pack: pack.value, ...(policies === undefined ? {} : { policies }) });
    if (policy.isErr()) return fail(printer, policy.error);
    if (commands !== undefined) return checkCommands(args, printer, policy.value, failOn);
    const text = await readText(file);
    if (text.isErr()) return fail(printer, text.error);
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

/** Decides commands: one explained in words, or a batch as one object a line. */
async function checkCommands(args: Arguments, printer: Printer, policy: Policy, failOn: string): Promise<ExitCode> {
  const shell = SHELLS.find((name) => name === (args.optional('shell') ?? 'sh'));
  if (shell === undefined) return failUsage(printer, '--shell is sh or bash', args.optional('shell') ?? '');
  const about = { shell, subject: args.optional('subject') ?? 'agent', server: args.optional('server') ?? 'localhost' };
  const isOver = ({ effect }: Decision) => effect === 'deny' || effect === failOn;
  const one = args.optional('command');
  if (one !== undefined) {
    const answered = await decideCommand(policy, { ...about, id: 'command', text: one });
    const facts = answered.facts === undefined ? [] : commandLines(answered.facts);
    for (const line of [...decisionLines(answered.decision), ...facts.map((fact) => `  ${visibleLine(fact)}`)])
      printer.text(line);
    printer.data(answerData(answered));
    return isOver(answered.decision) ? EXIT.findings : EXIT.fine;
  }
  const text = await readText(args.optional('commands') ?? '-');
  if (text.isErr()) return fail(printer, text.error);
  let over = false;
  for (const line of text.value.split('\n').filter((part) => part.trim() !== '')) {
    const answered = await decideLine(policy, line, about);
    over ||= isOver(answered.decision);
    printer.line(answerData(answered));
  }
  return over ? EXIT.findings : EXIT.fine;
}

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
