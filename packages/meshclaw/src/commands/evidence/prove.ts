/** `meshclaw evidence prove`: that one record stands under a signed head, for whoever has nothing but the key. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { fail, failProof, failUsage } from '../../output/fail.js';

export const command = defineCommand({
  name: 'evidence prove',
  summary: 'Print a proof that a record stands under a signed head',
  description:
    'The proof carries the record and is checked anywhere, with nothing but Node and the key (evidence head --json): npx --package @meshclaw/evidence meshclaw-evidence check <proof> --key <key>. Its form is C2SP tlog-proof.',
  positionals: [{ name: 'record', description: 'its number', required: true }],
  options: [],
  example: 'evidence prove 42 > record-42.tlog-proof',
  async run(args, { openEvidence, printer }) {
    const word = args.text('record');
    if (!/^[0-9]{1,15}$/.test(word)) return failUsage(printer, 'a record is named by its number', word);
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const { ledger } = evidence.value;
    const proof = await ledger.proveInclusion(Number(word));
    if (proof.isErr()) return failProof(printer, proof.error, word);
    if (!printer.json) printer.exact(proof.value);
    printer.data({ record: Number(word), proof: proof.value, key: ledger.verifierKey });
    return EXIT.fine;
  },
});
