/** `meshclaw policy types`: JSON Schemas and TypeScript declarations of a request and a decision, as files. */

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
  summary: 'Write JSON Schemas and TypeScript declarations of a request and a decision',
  positionals: [{ name: 'folder', description: 'where to; files of the same names are replaced', required: true }],
  options: [],
  example: 'policy types ./types',
  async run(args, { printer }) {
    const folder = args.text('folder');
    const types = Object.entries(policyTypes()).map(([name, text]) => ({ path: join(folder, name), text }));
    const write = async () => {
      await mkdir(folder, { recursive: true });
      for (const { path, text } of types) await writeFile(path, text);
    };
    const written = await ResultAsync.fromPromise(write(), detailOf);
    if (written.isErr()) {
      const message = 'the types were not written';
      return fail(printer, { kind: 'meshclaw.unreadable_file', message, detail: written.error });
    }
    for (const { path } of types) printer.text(path);
    printer.data({ files: types.map(({ path }) => path) });
    return EXIT.fine;
  },
});
