/** `meshclaw enrol`: shows which host key a server offers, and pins it once somebody has compared it. */

import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import type { OfferedHostKey } from '@meshclaw/executors/ssh';
import { err, ok, type Result } from 'neverthrow';
import { defineCommand } from '../cli/command.js';
import type { CommandContext } from '../cli/context.js';
import { EXIT, type ExitCode } from '../cli/exit-code.js';
import type { PinError } from '../errors.js';
import { checkHome } from '../home/home.js';
import { chooseKey, pinHostKey } from '../home/pin-host-key.js';
import { findSshReach, type SshReach } from '../home/ssh-reach.js';
import { fail, failUsage } from '../output/fail.js';

/** Three kinds of key, a connection each, over a slow link. */
const TIMEOUT_MS = 30_000;
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

export const command = defineCommand({
  name: 'enrol',
  summary: "Pin a server's host key, after somebody compared it",
  description:
    'Shows the fingerprint that the server offers and asks for a yes on a terminal. Elsewhere it needs --fingerprint, read where nobody in between could have changed it, and pins only a key that fits. Logs in nowhere.',
  positionals: [{ name: 'server', description: 'a server of the inventory that is reached by ssh', required: true }],
  options: [
    { name: 'fingerprint', value: 'SHA256:…', description: 'pin the key with this fingerprint and no other' },
    { name: 'replace', description: 'put it in the place of another pinned key; needs --fingerprint' },
    { name: 'address', value: 'host[:port]', description: 'which one, where the server has several ssh addresses' },
  ],
  example: 'enrol web1',
  async run(args, context) {
    const { home, printer } = context;
    const fingerprint = args.optional('fingerprint');
    const replace = args.flag('replace');
    if (fingerprint !== undefined && !FINGERPRINT.test(fingerprint)) {
      return failUsage(printer, 'a fingerprint is SHA256: and 43 characters, as ssh-keygen -l prints it', fingerprint);
    }
    if (replace && fingerprint === undefined) {
      return failUsage(
        printer,
        '--replace needs --fingerprint: only a key that was compared may take the place of another',
        '',
      );
    }
    const checked = await checkHome(home);
    if (checked.isErr()) return fail(printer, checked.error);
    const reach = await findSshReach(home, args.text('server'), args.optional('address'));
    if (reach.isErr()) return fail(printer, reach.error);
    const offered = await askServer(reach.value, context.signal);
    if (offered.isErr()) return fail(printer, offered.error);
    const choice = chooseKey(reach.value, offered.value, { fingerprint, replace });
    if (choice.isErr()) return fail(printer, choice.error);
    const { key, known, confirmed } = choice.value;
    for (const line of keyLines(args.text('server'), reach.value, key)) printer.note(line);
    if (known) return report(context, args.text('server'), key, undefined);
    const yes = confirmed ? ok(undefined) : await confirm(context, key);
    if (yes.isErr()) return fail(printer, yes.error);
    const evidence = await context.openEvidence();
    if (evidence.isErr()) return fail(printer, evidence.error);
    const pinned = await pinHostKey(home, evidence.value.ledger, {
      ...{ server: args.text('server'), address: args.optional('address'), reach: reach.value, key },
      by: context.subject,
      confirmedBy: confirmed ? 'fingerprint' : 'terminal',
    });
    if (pinned.isErr()) return fail(printer, pinned.error);
    return report(context, args.text('server'), key, pinned.value);
  },
});

async function askServer(
  { host, port, way }: SshReach,
  signal: AbortSignal,
): Promise<Result<readonly OfferedHostKey[], PinError>> {
  const { offeredHostKeys } = await import('@meshclaw/executors/ssh');
  const call = { executionId: randomUUID(), timeoutMs: TIMEOUT_MS, maxOutputBytes: 0, signal };
  return (await offeredHostKeys({ host, ...way }, call)).mapErr(({ kind, message }) => ({
    kind: 'meshclaw.not_reached',
    message: 'the server could not be asked for its host keys',
    detail: `${host}:${port}: ${kind}: ${message}`,
  }));
}

/** What to compare, and where: on the server itself, not over the connection that is in question. */
const keyLines = (
  server: string,
  { host, port }: SshReach,
  { type, fingerprint }: OfferedHostKey,
): readonly string[] => [
  `${server} at ${host} port ${port} offers`,
  `  ${type}  ${fingerprint}`,
  "compare it with what the server's own console says (the provider's web console, a screen at the machine):",
  `  ssh-keygen -lf ${PUBLIC_KEY_FILES[type] ?? '/etc/ssh/ssh_host_*_key.pub'}`,
];

/** Where sshd keeps them when nothing else is said (sshd_config(5), HostKey). */
const PUBLIC_KEY_FILES: Readonly<Record<string, string>> = {
  'ssh-ed25519': '/etc/ssh/ssh_host_ed25519_key.pub',
  'ecdsa-sha2-nistp256': '/etc/ssh/ssh_host_ecdsa_key.pub',
  'ecdsa-sha2-nistp384': '/etc/ssh/ssh_host_ecdsa_key.pub',
  'ecdsa-sha2-nistp521': '/etc/ssh/ssh_host_ecdsa_key.pub',
  'ssh-rsa': '/etc/ssh/ssh_host_rsa_key.pub',
};

/** Only a person on a terminal can have looked; the fingerprint itself is as good an answer as yes. */
async function confirm(
  { subject, signal }: CommandContext,
  { fingerprint }: OfferedHostKey,
): Promise<Result<void, PinError>> {
  if (subject.type !== 'human') return err(needsFingerprint);
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const answer = await terminal.question('is it the same? (yes, or the fingerprint; anything else is no) ', {
      signal,
    });
    return ['yes', fingerprint].includes(answer.trim()) ? ok(undefined) : err(declined);
  } catch {
    return err(declined); // interrupted while it waited
  } finally {
    terminal.close();
  }
}

const needsFingerprint: PinError = {
  kind: 'meshclaw.confirmation_required',
  message: 'nobody can be asked here; nothing is pinned',
  detail: "read the fingerprint on the server's own console and give it: --fingerprint SHA256:…",
};
const declined: PinError = {
  kind: 'meshclaw.not_confirmed',
  message: 'nobody said yes; nothing is pinned',
  detail: '',
};

function report(
  { printer }: CommandContext,
  server: string,
  key: OfferedHostKey,
  evidence: number | undefined,
): ExitCode {
  const { type, fingerprint, hostKey } = key;
  const done = evidence === undefined ? 'is pinned already' : `pinned   evidence ${evidence}`;
  printer.text(`${server} ${type} ${fingerprint} ${done}`);
  if (evidence !== undefined) printer.note(`next: meshclaw status ${server}`);
  printer.data({
    server,
    type,
    fingerprint,
    host_key: hostKey,
    pinned_now: evidence !== undefined,
    evidence: evidence === undefined ? [] : [String(evidence)],
  });
  return EXIT.fine;
}
