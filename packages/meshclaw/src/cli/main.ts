/** Runs one command line to its exit code. Whatever was opened is closed before it answers. */

import { findHome } from '../home/home.js';
import { fail, failUsage } from '../output/fail.js';
import { createPrinter, type Printer } from '../output/printer.js';
import { createContext } from './context.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { type Found, findCommand } from './find-command.js';
import { parseWords } from './parse.js';

/** How long a first Ctrl-C may take to end the run properly is the executor's business; a second one ends the process. */
const SECOND_INTERRUPT = 130;

/** Runs the words after the program's name. Never rejects. */
export async function main(words: readonly string[]): Promise<ExitCode> {
  const asksJson = beforeDashes(words).includes('--json');
  const printer = createPrinter({ json: asksJson, environment: process.env });
  try {
    const { COMMANDS } = await import('../commands/registry.gen.js');
    const found = await findCommand(words, COMMANDS, async () =>
      (await import('./workflow-command.js')).workflowEntries(),
    );
    if ('unknown' in found) {
      const group = await groupHelp(words);
      if (group !== undefined) {
        printer.note(group.trimEnd());
        return EXIT.usage;
      }
      const meant = found.near === undefined ? 'meshclaw --help shows all' : `did you mean "${found.near}"?`;
      return failUsage(printer, `there is no command "${found.unknown}"`, meant);
    }
    return await runFound(found, printer);
  } catch (cause) {
    // A throw is a defect; it must not look like an answer.
    printer.problem({ kind: 'meshclaw.defect', message: 'an internal defect stopped this' }, [
      `meshclaw.defect: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
    ]);
    return EXIT.notDone;
  }
}

/** The help of a group whose name alone was typed. */
async function groupHelp([name = '', ...more]: readonly string[]): Promise<string | undefined> {
  const { HELP } = await import('../commands/help.gen.js');
  return more.length === 0 && Object.hasOwn(HELP, name) ? HELP[name] : undefined;
}

async function runFound({ entry, words }: Found, printer: Printer): Promise<ExitCode> {
  const parsed = parseWords(entry, words);
  if (parsed.isErr()) return failUsage(printer, parsed.error.detail, `meshclaw ${entry.name} --help`);
  const { command } = await entry.load();
  const home = await findHome(process.env);
  if (home.isErr()) return fail(printer, home.error);
  const interrupt = interruptible();
  const context = createContext(printer, interrupt.signal, home.value);
  try {
    return await command.run(parsed.value, context);
  } finally {
    await context.close();
    interrupt.release();
  }
}

/** The first Ctrl-C (or SIGTERM) asks the run to end; the second does not ask. */
function interruptible(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(SECOND_INTERRUPT);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

/** The words that are ours: everything behind `--` belongs to somebody else. */
const beforeDashes = (words: readonly string[]): readonly string[] => {
  const cut = words.indexOf('--');
  return cut === -1 ? words : words.slice(0, cut);
};
