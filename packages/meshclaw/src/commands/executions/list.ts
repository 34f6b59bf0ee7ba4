/** `meshclaw executions list`: changes that run, or whose end is not known here. */

import { systemClock, type UnsettledExecution, unsettledExecutions } from '@meshclaw/core';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { fail, failLedger } from '../../output/fail.js';
import { table } from '../../output/table.js';

const HEADER = ['execution', 'state', 'operation', 'server', 'asked by', 'begun'];

export const command = defineCommand({
  name: 'executions list',
  summary: 'Show changes that run, and those whose end is not known',
  description:
    'running: its time is not over. unread: it went on by itself and its end waits on the server, for executions wait. broken_off and unknown: look at the server, then evidence settle.',
  positionals: [],
  options: [],
  example: 'executions list',
  async run(_, { openEvidence, printer }) {
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const found = await unsettledExecutions(evidence.value.ledger, systemClock.now());
    if (found.isErr()) return failLedger(printer, found.error);
    printer.text(found.value.length === 0 ? 'no executions' : table(HEADER, found.value.map(row), printer));
    printer.data({ executions: found.value });
    return EXIT.fine;
  },
});

const row = ({ execution, state, operation, target, subject, intendedAt }: UnsettledExecution): readonly string[] => [
  execution,
  state,
  operation,
  target,
  subject,
  intendedAt,
];
