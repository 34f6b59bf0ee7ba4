/** `meshclaw policy explain`: why a request is answered as it is, what nearly answered otherwise, and what would change it. */

import type { DecisionRequest } from '@meshclaw/core';
import type { Explanation } from '@meshclaw/policy/tools';
import { createPolicyTools, readRequest, requestFrom } from '@meshclaw/policy/tools';
import { err, ok, type Result } from 'neverthrow';
import { askPolicy } from '../../cli/ask-policy.js';
import { type Arguments, defineCommand } from '../../cli/command.js';
import type { CommandContext } from '../../cli/context.js';
import { EXIT, type ExitCode } from '../../cli/exit-code.js';
import { namedSubject } from '../../cli/named-subject.js';
import { readInput } from '../../cli/perform-operation.js';
import { PACK, POLICY, policySourcesOf } from '../../cli/policy-options.js';
import { readText } from '../../home/answer.js';
import { explanationLines, traceLines } from '../../output/explanation-text.js';
import { fail, failLedger, failRefusal, failUsage } from '../../output/fail.js';
import { policyProblem } from '../../wire-policy.js';

/** The request, or the exit code of why there is none. */
type Found = Result<DecisionRequest, ExitCode>;

export const command = defineCommand({
  name: 'policy explain',
  summary: 'Explain a decision: what answered, what nearly did, and what would change it',
  description:
    'Asked in words as policy-check is, or for a request in a file (one JSON object as "policy check" takes it), or for a past decision by the number of its record. The rules are run by OPA’s interpreter as well, which has to agree. Nothing is performed.',
  positionals: [
    { name: 'subject', description: 'who would ask', required: false },
    { name: 'operation', description: 'the operation', required: false },
    { name: 'server', description: 'the server', required: false },
    { name: 'key=value', description: 'the input', required: false, variadic: true },
  ],
  options: [
    { name: 'input', value: 'json', description: 'the whole input as one JSON object instead' },
    { name: 'request', value: 'file', description: 'a request; - reads stdin' },
    { name: 'record', value: 'number', description: 'a decision of the ledger' },
    { name: 'trace', description: 'every step of the interpreter, too' },
    POLICY,
    PACK,
  ],
  example: 'policy explain codex file.chmod localhost path=/srv/a mode=0640',
  async run(args, context) {
    const { home, printer } = context;
    const sources = await policySourcesOf(args, home);
    if (sources.isErr()) return fail(printer, sources.error);
    const found = await findRequest(args, context);
    if (found.isErr()) return found.error;
    const tools = await createPolicyTools(sources.value);
    if (tools.isErr()) return fail(printer, policyProblem(tools.error));
    const explained = await tools.value.explanation(found.value);
    if (explained.isErr()) return fail(printer, policyProblem(explained.error));
    for (const line of linesOf(explained.value, args.flag('trace'))) printer.text(line);
    printer.data(explained.value);
    return EXIT.fine;
  },
});

const linesOf = (explanation: Explanation, trace: boolean): readonly string[] => [
  ...explanationLines(explanation),
  ...(trace ? traceLines(explanation) : []),
];

async function findRequest(args: Arguments, context: CommandContext): Promise<Found> {
  const { printer } = context;
  const [file, record, subject] = ['request', 'record', 'subject'].map((name) => args.optional(name));
  if ([file, record, subject].filter((one) => one !== undefined).length !== 1)
    return err(failUsage(printer, 'name a subject, operation and server, or --request, or --record', ''));
  if (file !== undefined) return fromFile(file, context);
  return record === undefined ? fromWords(args, context) : fromRecord(record, context);
}

async function fromFile(file: string, { printer }: CommandContext): Promise<Found> {
  const text = await readText(file);
  if (text.isErr()) return err(fail(printer, text.error));
  const read = readRequest(text.value);
  return 'problem' in read ? err(failUsage(printer, 'this is no request', read.problem)) : ok(read.request);
}

async function fromRecord(record: string, { openEvidence, printer }: CommandContext): Promise<Found> {
  const index = Number(record);
  if (!Number.isSafeInteger(index) || index < 0) return err(failUsage(printer, '--record is a number', record));
  const evidence = await openEvidence();
  if (evidence.isErr()) return err(fail(printer, evidence.error));
  const found = await evidence.value.ledger.find({ order: 'oldest_first', after: index - 1, limit: 1 });
  if (found.isErr()) return err(failLedger(printer, found.error));
  const one = found.value.find((stored) => stored.index === index && stored.type === 'decision.made');
  const read = one && requestFrom((one.body as { readonly request?: unknown } | null)?.request);
  if (read === undefined || 'problem' in read)
    return err(
      failUsage(
        printer,
        `record ${index} holds no decision`,
        read?.problem ?? 'meshclaw evidence list --type decision.made',
      ),
    );
  return ok(read.request);
}

async function fromWords(args: Arguments, { home, printer }: CommandContext): Promise<Found> {
  const words = args.list('key=value');
  const json = args.optional('input');
  const [operation, server] = [args.optional('operation'), args.optional('server')];
  if (operation === undefined || server === undefined)
    return err(failUsage(printer, 'name a subject, an operation and a server', 'meshclaw policy explain --help'));
  let seen: DecisionRequest | undefined;
  const asked = await askPolicy(home, {
    subject: namedSubject(args.text('subject')),
    operation,
    server,
    input: (schema) => readInput(words, json, schema),
    hasInput: words.length > 0 || json !== undefined,
    watch: (request) => {
      seen = request;
    },
  });
  if (asked.isErr())
    return err('evidence' in asked.error ? failRefusal(printer, asked.error) : fail(printer, asked.error));
  return seen === undefined ? err(failUsage(printer, 'policy was not asked', operation)) : ok(seen);
}
