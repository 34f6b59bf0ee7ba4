/** `meshclaw mcp`: the tools for an AI client, over stdin and stdout, until the client goes. */

import { defineCommand } from '../cli/command.js';
import { EXIT } from '../cli/exit-code.js';
import { keepStdout } from '../cli/keep-stdout.js';
import { detailOf } from '../errors.js';
import { surroundings } from '../home/who-asks.js';
import { fail } from '../output/fail.js';
import { createPrinter } from '../output/printer.js';

const MOST_LOGGED = 500;

export const command = defineCommand({
  name: 'mcp',
  summary: 'Serve an AI client over MCP, on stdin and stdout',
  description:
    'For the configuration of an MCP client, which starts this command itself. Who asks is the agent of this OS user; nothing served here can approve. Ends when the client closes stdin, or on Ctrl-C.',
  positionals: [],
  options: [],
  example: 'mcp',
  async run(_, { open, signal, terminal }) {
    // Not the command's own printer: with --json that one writes to stdout.
    const printer = createPrinter({ json: false, environment: process.env });
    const kept = keepStdout((text) => printer.note(text.trimEnd()));
    const opened = await open();
    if (opened.isErr()) return fail(printer, opened.error);
    const [{ serve }, { mcpParts }, { VERSION }] = await Promise.all([
      import('@meshclaw/mcp'),
      import('../wire-mcp.js'),
      import('./help.gen.js'),
    ]);
    if (terminal) printer.note('serving MCP on stdin and stdout; this is for a client to start, Ctrl-C ends it');
    const served = serve({
      ...mcpParts(opened.value, surroundings().osUser),
      onDefect: (cause) => printer.note(`mcp: ${detailOf(cause).slice(0, MOST_LOGGED)}`),
      version: VERSION,
      input: process.stdin,
      output: kept.output,
    });
    await Promise.race([served.ended, aborted(signal)]);
    await served.close();
    return EXIT.fine;
  },
});

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
