/** `meshclaw evidence consistency`: that the ledger continues what an earlier head stood for. */

import { readFile } from 'node:fs/promises';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { detailOf } from '../../errors.js';
import { fail, failProof } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence consistency',
  summary: 'Print a proof that the ledger continues an earlier head',
  description:
    'Whoever kept the earlier head checks it with nothing but Node and the key: npx --package @meshclaw/evidence meshclaw-evidence check <proof> --against <head> --key <key>. Its form is that of C2SP tlog-witness.',
  positionals: [{ name: 'head', description: 'a file with the earlier head', required: true }],
  options: [],
  example: 'evidence consistency head.txt > proof.txt',
  async run(args, { openEvidence, printer }) {
    const file = args.text('head');
    const earlier = await readFile(file, 'utf8').catch((cause: unknown) => ({ detail: detailOf(cause) }));
    if (typeof earlier !== 'string') {
      const message = 'the head could not be read';
      return fail(printer, { kind: 'meshclaw.unreadable_file', message, detail: earlier.detail });
    }
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const { ledger } = evidence.value;
    const proof = await ledger.proveConsistency(earlier);
    if (proof.isErr()) return failProof(printer, proof.error, file);
    if (!printer.json) printer.exact(proof.value);
    printer.data({ proof: proof.value, key: ledger.verifierKey });
    return EXIT.fine;
  },
});
