/** `meshclaw policy types`: JSON Schemas and TypeScript declarations of a request and a decision. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policyTypes } from '@meshclaw/policy/tools';
import { ResultAsync } from 'neverthrow';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { detailOf } from '../../errors.js';
import { fail } from '../../output/fail.js';

export const command = defineCommand({
  name: 'policy types',
  summary: 'Print JSON Schemas and TypeScript declarations of a request and a decision, or write them into a folder',
  positionals: [
    {
      name: 'folder',
      description: 'where to; files of the same names are replaced. Left out: printed',
      required: false,
    },
  ],
  options: [],
  example: 'policy types ./types',
  async run(args, { printer }) {
    const types = Object.entries(policyTypes());
    const folder = args.optional('folder');
    if (folder === undefined) {
      for (const [name, text] of types) for (const line of [`== ${name}`, ...text.split('\n')]) printer.text(line);
      printer.data(Object.fromEntries(types));
      return EXIT.fine;
    }
    const files = types.map(([name, text]) => ({ path: join(folder, name), text }));
    const write = async () => {
      await mkdir(folder, { recursive: true });
      for (const { path, text } of files) await writeFile(path, text);
    };
    const written = await ResultAsync.fromPromise(write(), detailOf);
    if (written.isErr()) {
      const message = 'the types were not written';
      return fail(printer, { kind: 'meshclaw.unreadable_file', message, detail: written.error });
    }
    for (const { path } of files) printer.text(path);
    printer.data({ files: files.map(({ path }) => path) });
    return EXIT.fine;
  },
});
