/** `meshclaw version`: which release this is. */

import { defineCommand } from '../cli/command.js';
import { EXIT } from '../cli/exit-code.js';

export const command = defineCommand({
  name: 'version',
  summary: 'Print the version',
  positionals: [],
  options: [],
  example: 'version --json',
  async run(_args, { printer }) {
    const { VERSION } = await import('./help.gen.js');
    printer.text(VERSION);
    printer.data({ version: VERSION, node: process.version });
    return EXIT.fine;
  },
});
