/** `meshclaw server sudoers`: prints what a server's sudo has to allow, generated from the operations. Reaches nothing and changes nothing. */

import { userInfo } from 'node:os';
import type { OperationCatalogue, Platform, Target } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { Arguments } from '../../cli/command.js';
import { defineCommand } from '../../cli/command.js';
import type { CommandContext } from '../../cli/context.js';
import { EXIT } from '../../cli/exit-code.js';
import type { OpenError, UsageError } from '../../errors.js';
import { checkHome } from '../../home/home.js';
import { loadTargets } from '../../home/inventory.js';
import { nearest } from '../../home/nearest.js';
import { fail } from '../../output/fail.js';
import { knownPlatform } from '../../sudoers/known-platform.js';
import { type RootNeed, rootNeed } from '../../sudoers/root-commands.js';
import { sudoersBytes } from '../../sudoers/sudoers-text.js';
import { executorLoaders, operationCatalogue } from '../../wire.js';

/** What sudoers takes as a user without quotes, and useradd as a name. */
const LOGIN = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/;

export const command = defineCommand({
  name: 'server sudoers',
  summary: 'Print what a server has to allow its login to run as root',
  description:
    'A sudoers drop-in with exactly the commands of the operations that need root, or the word that none is needed. Write it into a file, check it with visudo -cf, install it as /etc/sudoers.d/meshclaw (root, 0440). Nothing is reached and nothing is changed.',
  positionals: [{ name: 'server', description: 'the server', required: true }],
  options: [
    {
      name: 'operation',
      value: 'name',
      description: 'also this one, which needs root only when asked',
      repeatable: true,
    },
    { name: 'login', value: 'name', description: 'for this account, instead of the one in the inventory' },
  ],
  example: 'server sudoers localhost',
  async run(args, context) {
    const { printer } = context;
    const target = await findTarget(context, args.text('server'));
    if (target.isErr()) return fail(printer, target.error);
    const login = loginOf(target.value, args.optional('login'));
    if (login.isErr()) return fail(printer, login.error);
    const platform = await platformOf(context, target.value);
    if (platform.isErr()) return fail(printer, platform.error);
    const needs = await needsOf(await operationCatalogue(), platform.value);
    const wanted = chosen(needs, args);
    if (wanted.isErr()) return fail(printer, wanted.error);
    const server = target.value.id;
    const granted = login.value === 'root' ? [] : wanted.value;
    const left = needs.filter((need) => !granted.includes(need));
    if (granted.length === 0) {
      printer.note(
        login.value === 'root'
          ? 'none is needed: the login is root'
          : 'none is needed: every operation does without root',
      );
    }
    const bytes = sudoersBytes({ server, login: login.value, granted, left });
    if (printer.json)
      printer.data({
        server,
        login: login.value,
        needed: granted.length > 0,
        granted: granted.map(summary),
        left: left.map(summary),
        drop_in_base64: bytes.toString('base64'),
      });
    else printer.exact(bytes);
    return EXIT.fine;
  },
});

const summary = ({ operation, when, commands, problems }: RootNeed) => ({
  operation,
  when,
  commands: commands.length,
  problems,
});

async function findTarget({ home }: CommandContext, name: string): Promise<Result<Target, OpenError | UsageError>> {
  const checked = await checkHome(home);
  if (checked.isErr()) return err(checked.error);
  const targets = await loadTargets(home, await executorLoaders());
  if (targets.isErr()) return err(targets.error);
  const found = targets.value.find(({ id }) => id === name);
  if (found) return ok(found);
  const near = nearest(
    name,
    targets.value.map(({ id }) => id),
  );
  const detail = near === undefined ? '"meshclaw list" shows which there are' : `did you mean "${near}"?`;
  return err({ kind: 'meshclaw.not_found', message: 'the inventory has no such server', detail });
}

/** Who logs in: what the first way to the server says, else whoever runs MeshClaw. */
function loginOf({ reach }: Target, given: string | undefined): Result<string, UsageError> {
  const said = reach[0]?.settings.user;
  const login = given ?? (typeof said === 'string' ? said : userInfo().username);
  return LOGIN.test(login)
    ? ok(login)
    : err({ kind: 'meshclaw.usage', message: 'this is no plain name of an account', detail: login });
}

async function platformOf(
  { home, openEvidence }: CommandContext,
  target: Target,
): Promise<Result<Partial<Platform>, OpenError>> {
  const exists = await checkHome(home);
  if (exists.isErr() || !exists.value) return exists.map(() => target.platform);
  const evidence = await openEvidence();
  if (evidence.isErr()) return err(evidence.error);
  const known = await knownPlatform(evidence.value.ledger, target.id);
  return known
    .map((facts) => ({ ...facts, ...target.platform }))
    .mapErr(({ message }) => ({
      kind: 'meshclaw.ledger_unavailable',
      message: 'the evidence ledger cannot be used',
      detail: message,
    }));
}

async function needsOf(operations: OperationCatalogue, platform: Partial<Platform>): Promise<readonly RootNeed[]> {
  const all = await Promise.all(Object.values(operations).map((load) => load()));
  return all.flatMap((operation) => rootNeed(operation, platform) ?? []);
}

/** Those that cannot do without root, and those that were named. */
function chosen(needs: readonly RootNeed[], args: Arguments): Result<readonly RootNeed[], UsageError> {
  const named = args.list('operation');
  const names = needs.map(({ operation }) => operation);
  const unknown = named.find((name) => !names.includes(name));
  if (unknown === undefined)
    return ok(needs.filter(({ operation, when }) => when === 'always' || named.includes(operation)));
  const detail = names.length === 0 ? 'none does' : `those that do are: ${names.join(', ')}`;
  return err({ kind: 'meshclaw.not_found', message: `no operation "${unknown}" runs as root`, detail });
}
