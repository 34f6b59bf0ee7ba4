/** `meshclaw policy new rule`: the folder of a new rule, with METADATA and tests, that passes as it is made. */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newRule, RULE_ID } from '@meshclaw/policy/tools';
import { ResultAsync } from 'neverthrow';
import { defineCommand } from '../../../cli/command.js';
import { EXIT } from '../../../cli/exit-code.js';
import { detailOf } from '../../../errors.js';
import { makeHome } from '../../../home/home.js';
import { fail, failUsage } from '../../../output/fail.js';

export const command = defineCommand({
  name: 'policy new rule',
  summary: 'Make the folder of a new rule that passes as it is',
  description:
    'Writes rules/<noun>/<name>/<name>.rego and its test. The rule answers for an operation that does not exist until you fill it in. Nothing that is there is overwritten.',
  positionals: [{ name: 'id', description: 'the rule, as service.nights', required: true }],
  options: [{ name: 'folder', value: 'folder', description: 'rules of your own (default: policies of the home)' }],
  example: 'policy new rule service.nights --folder ./policies',
  async run(args, { home, printer }) {
    const files = newRule(args.text('id'));
    if (files === undefined) return failUsage(printer, 'an id of a rule looks like service.nights', RULE_ID.source);
    const named = args.optional('folder');
    if (named === undefined) {
      const made = await makeHome(home);
      if (made.isErr()) return fail(printer, made.error);
    }
    const folder = named ?? home.policies;
    const paths = Object.keys(files).map((path) => join(folder, path));
    for (const [path, text] of Object.entries(files)) {
      const written = await ResultAsync.fromPromise(writeNew(join(folder, path), text), detailOf);
      if (written.isErr()) {
        const message = 'the rule was not written';
        return fail(printer, { kind: 'meshclaw.unreadable_file', message, detail: written.error });
      }
    }
    for (const path of paths) printer.text(path);
    printer.note(`fill it in, then: meshclaw policy test${named === undefined ? '' : ` ${named}`}`);
    printer.data({ files: paths });
    return EXIT.fine;
  },
});

/** Rejects when the file is there. Others may read, never write: whatever the umask, a policy they could change is refused. */
async function writeNew(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await writeFile(path, text, { flag: 'wx', mode: 0o644 });
}
