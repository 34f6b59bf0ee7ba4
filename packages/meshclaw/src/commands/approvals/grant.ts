/** `meshclaw approvals grant`: shows in full what it is a yes to, takes a signature, checks it, records the yes. */

import type { Approval } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { type Arguments, defineCommand } from '../../cli/command.js';
import type { CommandContext } from '../../cli/context.js';
import { EXIT, type ExitCode } from '../../cli/exit-code.js';
import { ANSWER_OPTIONS, signatureFrom } from '../../home/answer.js';
import { BOUND_OPTIONS, boundsFrom } from '../../home/bounds-from.js';
import { approvalLines, askedLines } from '../../output/approval-text.js';
import { fail, failApproval, failUsage } from '../../output/fail.js';

export const command = defineCommand({
  name: 'approvals grant',
  summary: 'Say yes to a plan by signing it with an approver’s key',
  description:
    'Shows the plan in full on stderr, then signs with --key (by ssh-keygen, which asks for passphrase or touch) or takes a signature made elsewhere over the text of "approvals statement". Without an id, --for, --operation, --server, --count and --minutes make a bounded grant: one signature for so many uses, where policy permits it for the class.',
  positionals: [{ name: 'id', description: 'the approval', required: false }],
  options: [...ANSWER_OPTIONS, ...BOUND_OPTIONS],
  example: 'approvals grant appr-4k2m9x1c7q0z --key ~/.ssh/id_ed25519',
  async run(args, context) {
    const { openEvidence, printer } = context;
    const id = args.optional('id');
    if ((id === undefined) === BOUND_OPTIONS.every(({ name }) => args.list(name).length === 0)) {
      return failUsage(
        printer,
        'give the id of an approval, or the bounds of a grant',
        'meshclaw approvals grant --help',
      );
    }
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const asked = id === undefined ? await requested(args, context) : ok(id);
    return asked.isErr() ? asked.error : grant(asked.value, args, context);
  },
});

/** Records what the bounds ask for; answers its id, or the exit code of why not. */
async function requested(args: Arguments, context: CommandContext): Promise<Result<string, ExitCode>> {
  const { home, openEvidence, printer, subject } = context;
  const wanted = await boundsFrom(args, home);
  if (wanted.isErr()) return err(fail(printer, wanted.error));
  const evidence = await openEvidence();
  if (evidence.isErr()) return err(fail(printer, evidence.error));
  const { bounds, demands } = wanted.value;
  const asked = { by: `${subject.type}:${subject.id}`, demands };
  const made = await evidence.value.approvals.requestBounded(bounds, asked);
  return made.map(({ id }) => id).mapErr((error) => failApproval(printer, error));
}

async function grant(id: string, args: Arguments, { openEvidence, printer }: CommandContext): Promise<ExitCode> {
  const evidence = await openEvidence();
  if (evidence.isErr()) return fail(printer, evidence.error);
  const desk = evidence.value.approvals;
  const shown = await desk.show(id);
  if (shown.isErr()) return failApproval(printer, shown.error);
  for (const line of askedLines(shown.value)) printer.note(line);
  const statement = await desk.statement(id);
  if (statement.isErr()) return failApproval(printer, statement.error);
  const signature = await signatureFrom(args, statement.value);
  if (signature.isErr()) return fail(printer, signature.error);
  if (signature.value === undefined) {
    const detail = `give --key <private key> or --signature <file> with ${id}`;
    return fail(printer, { kind: 'meshclaw.signature_required', message: 'a yes is a signature', detail });
  }
  const granted = await desk.grant(id, { statement: statement.value, signature: signature.value });
  if (granted.isErr()) return failApproval(printer, granted.error);
  for (const line of approvalLines(granted.value)) printer.text(line);
  for (const line of nextLines(granted.value)) printer.text(line);
  printer.data({ approval: granted.value });
  return EXIT.fine;
}

const nextLines = ({ status, plan }: Approval): readonly string[] =>
  status === 'granted' && plan !== undefined ? [`next: meshclaw apply ${plan}`] : [];
