/** `meshclaw approvers add`: enrols a key. The first is free and loud; for every later one an enrolled approver signs. */

import { parseAuthorizedKey } from '@meshclaw/core';
import { ok } from 'neverthrow';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { readText, signatureFrom } from '../../home/answer.js';
import { type Enrolment, enrol, prepareEnrolment } from '../../home/enrol.js';
import { SIGNED_OPTIONS } from '../../home/signed-answer.js';
import { fail, failUsage } from '../../output/fail.js';
import type { Printer } from '../../output/printer.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/;

export const command = defineCommand({
  name: 'approvers add',
  summary: 'Enrol a key whose signature is a yes',
  description:
    'The first approver needs no signature: do it before any agent gets a shell here. Every later one is signed for by an enrolled approver.',
  positionals: [
    { name: 'name', description: 'who it is, in one word', required: true },
    { name: 'public-key-file', description: 'the .pub file (Ed25519, ECDSA or a security key)', required: true },
  ],
  options: SIGNED_OPTIONS,
  example: 'approvers add alice ~/.ssh/id_ed25519.pub',
  async run(args, { home, openEvidence, printer }) {
    const name = args.text('name');
    if (!NAME.test(name)) return failUsage(printer, 'the name must be one word of letters, digits and ._@+-', name);
    const text = await readText(args.text('public-key-file'));
    if (text.isErr()) return fail(printer, text.error);
    const key = parseAuthorizedKey(text.value);
    if (!key) {
      const detail = 'an Ed25519, ECDSA or security-key public key in one line, as in a .pub file';
      return failUsage(printer, 'this file holds no key that may approve', detail);
    }
    const evidence = await openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const { ledger } = evidence.value;
    const prepared = await prepareEnrolment(home, ledger, { name, ...key });
    if (prepared.isErr()) return fail(printer, prepared.error);
    const { statement, approver } = prepared.value;
    if (args.flag('statement')) return printStatement(printer, prepared.value);
    const signature = statement === undefined ? ok(undefined) : await signatureFrom(args, statement);
    if (signature.isErr()) return fail(printer, signature.error);
    const added = await enrol(home, ledger, prepared.value, signature.value);
    if (added.isErr()) return fail(printer, added.error);
    if (statement === undefined) for (const line of loudLines(name)) printer.note(line);
    const by = added.value.signedBy === undefined ? 'the first, unsigned' : `signed by ${added.value.signedBy}`;
    printer.text(`enrolled ${name} ${approver.fingerprint} (${by})   evidence ${added.value.index}`);
    printer.data({ approver, signed_by: added.value.signedBy ?? null, evidence: [String(added.value.index)] });
    return EXIT.fine;
  },
});

function printStatement(printer: Printer, { statement }: Enrolment) {
  if (statement === undefined) {
    return failUsage(printer, 'the first approver needs no signature, so there is nothing to sign', '');
  }
  if (printer.json) printer.data({ statement });
  else printer.exact(statement);
  return EXIT.fine;
}

const loudLines = (name: string): readonly string[] => [
  '!! This is the first approver, enrolled without a signature.',
  `!! From now on a signature of ${name} is a yes, and every further approver needs one.`,
  '!! If this was not you: move the home away and begin again.',
];
