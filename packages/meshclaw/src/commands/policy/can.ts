/** `meshclaw policy can`: what a subject may do on which server: at once, with an approval, never. */

import { openSide, type Reach, type ReachTarget, reachOf } from '@meshclaw/policy/tools';
import { err, ok, type Result } from 'neverthrow';
import { defineCommand } from '../../cli/command.js';
import type { CommandContext } from '../../cli/context.js';
import { EXIT } from '../../cli/exit-code.js';
import { namedSubject } from '../../cli/named-subject.js';
import { PACK, POLICY, policySourcesOf } from '../../cli/policy-options.js';
import type { ChangeError, OpenError } from '../../errors.js';
import { currentFreeze } from '../../home/freeze.js';
import { checkHome } from '../../home/home.js';
import { loadTargets } from '../../home/inventory.js';
import { fail } from '../../output/fail.js';
import type { Printer } from '../../output/printer.js';
import { table } from '../../output/table.js';
import { executorLoaders } from '../../wire.js';
import { policyProblem } from '../../wire-policy.js';

export const command = defineCommand({
  name: 'policy can',
  summary: 'Show what a subject may do on which server, over the whole catalogue',
  description:
    'Asks about every operation in general, on every server of the inventory, under the freeze that is in force. What one path, unit or command forbids is said when it is asked for. Nothing is performed or recorded.',
  positionals: [{ name: 'subject', description: 'an agent, or <type>:<id>', required: true }],
  options: [POLICY, PACK],
  example: 'policy can codex',
  async run(args, context) {
    const { home, printer } = context;
    const sources = await policySourcesOf(args, home);
    if (sources.isErr()) return fail(printer, sources.error);
    const side = await openSide(sources.value);
    if (side.isErr()) return fail(printer, policyProblem(side.error));
    const targets = await loadTargets(home, await executorLoaders());
    if (targets.isErr()) return fail(printer, targets.error);
    const frozen = await isFrozen(context);
    if (frozen.isErr()) return fail(printer, frozen.error);
    const reach = await reachOf(side.value.policy, {
      subject: namedSubject(args.text('subject')),
      targets: targets.value satisfies readonly ReachTarget[],
      operations: side.value.operations,
      freeze: frozen.value,
      now: new Date().toISOString(),
    });
    printer.text(reachTable(reach, targets.value.length, printer));
    if (frozen.value) printer.note('a freeze is in force');
    printer.data({ subject: args.text('subject'), freeze: frozen.value, operations: reach });
    return EXIT.fine;
  },
});

/** Without a home there is nothing that could be frozen, and none is made by asking. */
async function isFrozen({ home, openEvidence }: CommandContext): Promise<Result<boolean, OpenError | ChangeError>> {
  const exists = await checkHome(home);
  if (exists.isErr()) return err(exists.error);
  if (!exists.value) return ok(false);
  const evidence = await openEvidence();
  if (evidence.isErr()) return err(evidence.error);
  return (await currentFreeze(evidence.value.ledger)).map((freeze) => freeze !== undefined);
}

const WORDS: Readonly<Record<string, string>> = {
  read_state: 'at once',
  auto_safe: 'at once, and verified',
  approval_required: 'with an approval',
  deny: 'never',
};

function reachTable(reach: readonly Reach[], servers: number, printer: Printer): string {
  const rows = reach.flatMap(({ operation, class: of, answers }) =>
    answers.length === 0
      ? [[operation, of, 'nowhere', 'no server', '']]
      : answers.map(({ effect, servers: on, rules, obligations }) => [
          operation,
          of,
          `${WORDS[effect] ?? effect}${obligations.includes('four_eyes') ? ' of two people' : ''}`,
          on.length === servers ? 'every server' : on.join(', '),
          rules.join(', '),
        ]),
  );
  return table(['operation', 'class', 'may', 'on', 'by'], rows, printer);
}
