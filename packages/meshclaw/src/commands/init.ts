/** `meshclaw init`: makes the home with commented sample files; never overwrites anything. */

import { writeFile } from 'node:fs/promises';
import { defineCommand } from '../cli/command.js';
import { EXIT } from '../cli/exit-code.js';
import { detailOf } from '../errors.js';
import { makeHome } from '../home/home.js';
import { SAMPLE_INVENTORY, SAMPLE_SETTINGS } from '../home/samples.js';
import { fail } from '../output/fail.js';

export const command = defineCommand({
  name: 'init',
  summary: 'Make the home with sample files; never overwrites',
  positionals: [],
  options: [],
  example: 'init',
  async run(_args, { home, printer }) {
    const made = await makeHome(home);
    if (made.isErr()) return fail(printer, made.error);
    const files = [
      { path: home.settings, text: SAMPLE_SETTINGS },
      { path: home.inventory, text: SAMPLE_INVENTORY },
    ];
    const results: { path: string; state: 'made' | 'kept' }[] = [];
    for (const { path, text } of files) {
      try {
        await writeFile(path, text, { flag: 'wx', mode: 0o600 });
        results.push({ path, state: 'made' });
      } catch (cause) {
        if ((cause as { code?: unknown }).code !== 'EEXIST') {
          const message = 'a sample file cannot be written';
          return fail(printer, { kind: 'meshclaw.home_unusable', message, path, detail: detailOf(cause) });
        }
        results.push({ path, state: 'kept' });
      }
    }
    for (const { path, state } of results) printer.text(`${state === 'made' ? 'made' : 'kept'}  ${path}`);
    printer.text('next: meshclaw list');
    printer.data({ home: home.folder, files: results });
    return EXIT.fine;
  },
});
