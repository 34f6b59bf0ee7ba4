/** `meshclaw apply`: runs a stored plan, step by step, exactly as it was shown. */

import type { StepReport } from '@meshclaw/core';
import { defineCommand } from '../cli/command.js';
import { codeOfSteps } from '../cli/exit-code.js';
import { describe } from '../output/describe.js';
import { fail, failRefusal, failUsage } from '../output/fail.js';
import type { Printer } from '../output/printer.js';
import { refusalLines } from '../output/refusal-text.js';

export const command = defineCommand({
  name: 'apply',
  summary: 'Run a stored plan exactly as it was shown',
  description: 'Only its asker may run it. What differs from the plan by now, on the server or in policy, is refused.',
  positionals: [{ name: 'plan', description: 'the plan', required: true }],
  options: [
    { name: 'stop-after-failures', value: 'number', description: 'go on until so many steps have failed (default 1)' },
  ],
  example: 'apply plan-4k2m9x1c7q0z',
  async run(args, { open, printer, subject, signal }) {
    const limit = args.optional('stop-after-failures') ?? '1';
    if (!/^[1-9][0-9]{0,3}$/.test(limit)) return failUsage(printer, 'this must be a number from 1 on', limit);
    const opened = await open();
    if (opened.isErr()) return fail(printer, opened.error);
    const session = opened.value.as({ subject, surface: 'cli' });
    const applied = await session.apply(args.text('plan'), { stopAfterFailures: Number(limit), signal });
    if (applied.isErr()) return failRefusal(printer, applied.error);
    for (const step of applied.value) for (const line of stepLines(step, printer)) printer.text(line);
    printer.data({ plan: args.text('plan'), steps: applied.value });
    return codeOfSteps(applied.value);
  },
});

function stepLines(step: StepReport, printer: Printer): readonly string[] {
  const head = `step ${step.step + 1}: ${step.state.replace('_', ' ')}`;
  switch (step.state) {
    case 'done':
      return [`${head}   evidence ${step.evidence.join(', ')}`, ...describe(step.output, printer, '  ')];
    case 'failed':
    case 'unknown':
    case 'refused':
      return [head, ...refusalLines(step.refusal).map((line) => `  ${line}`)];
    case 'not_run':
      return [head];
  }
}
