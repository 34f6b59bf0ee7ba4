/** `meshclaw init`: makes the home with sample files, or with the servers of an ssh configuration; never overwrites anything. */

import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import type { Arguments } from '../cli/command.js';
import { defineCommand } from '../cli/command.js';
import { EXIT, type ExitCode } from '../cli/exit-code.js';
import { detailOf, type HomeError, type UsageError } from '../errors.js';
import { makeHome } from '../home/home.js';
import { inventoryText, SAMPLE_INVENTORY, SAMPLE_SETTINGS } from '../home/samples.js';
import { fail } from '../output/fail.js';
import type { Printer } from '../output/printer.js';

/** What the inventory begins with. */
interface Beginning {
  readonly inventory: string;
  readonly servers: readonly string[];
  readonly notes: readonly string[];
}

export const command = defineCommand({
  name: 'init',
  summary: 'Make the home with sample files; never overwrites',
  description:
    'With --from ssh-config the inventory has the servers that ~/.ssh/config names: their names and addresses. Nothing in that file is executed and no server is asked.',
  positionals: [],
  options: [
    { name: 'from', value: 'source', description: 'where the servers come from: ssh-config' },
    { name: 'file', value: 'file', description: 'another file than ~/.ssh/config' },
    { name: 'system', description: 'as root: an OS user, a home and a file in /etc for MeshClaw alone' },
    { name: 'dry-run', description: 'with --system: say what would be made, and make nothing' },
  ],
  example: 'init --from ssh-config',
  async run(args, { home, printer }) {
    if (args.flag('system')) return initSystem(args, printer);
    if (args.flag('dry-run')) return fail(printer, usage('--dry-run is for --system', ''));
    const beginning = await beginningOf(args);
    if (beginning.isErr()) return fail(printer, beginning.error);
    const { inventory, servers, notes } = beginning.value;
    const made = await makeHome(home);
    if (made.isErr()) return fail(printer, made.error);
    const files = [
      { path: home.settings, text: SAMPLE_SETTINGS },
      { path: home.inventory, text: inventory },
    ];
    const results: { path: string; state: 'made' | 'kept' }[] = [];
    for (const { path, text } of files) {
      const state = await writeNew(path, text);
      if (state.isErr()) return fail(printer, state.error);
      results.push({ path, state: state.value });
    }
    const kept = results[1]?.state === 'kept';
    for (const note of notes) printer.note(note);
    for (const { path, state } of results) printer.text(`${state}  ${path}`);
    if (kept && servers.length > 0) return fail(printer, inventoryKept(home.inventory));
    for (const line of nextLines(servers)) printer.text(line);
    printer.data({ home: home.folder, files: results, servers, notes });
    return EXIT.fine;
  },
});

/** Sets the machine up, or says what that would make. */
async function initSystem(args: Arguments, printer: Printer): Promise<ExitCode> {
  const dryRun = args.flag('dry-run');
  if (args.optional('from') !== undefined) return fail(printer, usage('--system takes no --from', ''));
  if (!dryRun && process.getuid?.() !== 0)
    return fail(printer, usage('--system is for root', 'sudo meshclaw init --system'));
  const { setUpSystem, SYSTEM_USER } = await import('../home/system-setup.js');
  const set = await setUpSystem({ dryRun });
  if (set.isErr()) return fail(printer, set.error);
  for (const { what, state } of set.value) printer.text(`${state}  ${what}`);
  if (!dryRun) {
    printer.text(`next, as ${SYSTEM_USER}: meshclaw approvers add <name> <public key file>`);
    printer.text(`agents then ask as other users, by what you let them run as ${SYSTEM_USER}; no service is installed`);
  }
  printer.data({ dry_run: dryRun, steps: set.value });
  return EXIT.fine;
}

async function beginningOf(args: Arguments): Promise<Result<Beginning, HomeError | UsageError>> {
  const from = args.optional('from');
  const file = args.optional('file');
  if (from === undefined && file === undefined) return ok({ inventory: SAMPLE_INVENTORY, servers: [], notes: [] });
  if (from !== 'ssh-config') return err(usage('--from is ssh-config', from ?? '--file needs --from ssh-config'));
  const { readSshConfig } = await import('../home/read-ssh-config.js');
  const { serversFrom } = await import('../home/servers-from-ssh-config.js');
  const { username, homedir } = userInfo(); // as the system has it: HOME of the environment could be anybody's
  const path = file === undefined ? join(homedir, '.ssh', 'config') : resolve(file);
  const read = await readSshConfig(path, homedir);
  if (read.isErr()) return err(read.error);
  if (read.value === undefined) return err(usage('there is no such ssh configuration', path));
  const { ssh } = await import('@meshclaw/executors/ssh');
  const schema = ssh().settings;
  const { servers, notes } = serversFrom(read.value, path, { user: username, home: homedir }, (settings) => {
    const issue = schema.safeParse(settings).error?.issues[0];
    return issue && `${issue.path.join('.')} ${issue.message}`;
  });
  if (servers.length === 0)
    return err(usage('this ssh configuration names no server to take over', [path, ...notes].join('\n  ')));
  return ok({ inventory: inventoryText(servers, path), servers: servers.map(({ name }) => name), notes });
}

async function writeNew(path: string, text: string): Promise<Result<'made' | 'kept', HomeError>> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
    return ok('made');
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'EEXIST') return ok('kept');
    const message = 'a sample file cannot be written';
    return err({ kind: 'meshclaw.home_unusable', message, path, detail: detailOf(cause) });
  }
}

/** A server is used once its host key was compared and pinned. */
const nextLines = (servers: readonly string[]): readonly string[] =>
  servers.length === 0
    ? ['next: meshclaw list']
    : [`${servers.length} taken over: ${servers.join(', ')}`, `next, for each of them: meshclaw enrol ${servers[0]}`];

const inventoryKept = (path: string): UsageError =>
  usage('there is an inventory already, so nothing was taken over', `move ${path} away, or write the servers into it`);

const usage = (message: string, detail: string): UsageError => ({ kind: 'meshclaw.usage', message, detail });
