/** `meshclaw config show`: the values in force and where each came from. */

import { existsSync } from 'node:fs';
import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { AGAINST_WHOM, againstWhom } from '../../home/against-whom.js';
import { readApprovers } from '../../home/approvers.js';
import { checkHome } from '../../home/home.js';
import { loadTargets } from '../../home/inventory.js';
import { checkTree } from '../../home/safe-file.js';
import { loadSettings, type SourcedValue } from '../../home/settings.js';
import { SYSTEM_FILE } from '../../home/system.js';
import { fail } from '../../output/fail.js';
import { table } from '../../output/table.js';
import { executorLoaders } from '../../wire.js';

export const command = defineCommand({
  name: 'config show',
  summary: 'Show the values in force and where each came from',
  positionals: [],
  options: [],
  example: 'config show',
  async run(_args, { home, printer }) {
    const checked = await checkHome(home);
    if (checked.isErr()) return fail(printer, checked.error);
    const settings = await loadSettings(home);
    if (settings.isErr()) return fail(printer, settings.error);
    const targets = await loadTargets(home, await executorLoaders());
    if (targets.isErr()) return fail(printer, targets.error);
    const policies = await checkTree(home.policies);
    if (policies.isErr()) return fail(printer, policies.error);
    const approvers = await readApprovers(home);
    if (approvers.isErr()) {
      const { message, detail = '' } = approvers.error;
      return fail(printer, { kind: 'meshclaw.approvers_unavailable', message, detail });
    }
    const counted = [
      sourced('inventory.servers', targets.value.length, home.inventory),
      sourced('approvers', approvers.value.length, home.approvers),
    ];
    const row = await againstWhom(home);
    const system = home.system?.file ?? SYSTEM_FILE;
    const holds = { key: 'holds against', value: AGAINST_WHOM[row], from: home.system ? system : `no ${system}` };
    const values = [...settings.value.sources, ...counted, holds];
    const rows = values.map(({ key, value, from }) => [key, value, from]);
    printer.text(table(['key', 'value', 'from'], rows, printer));
    if (!checked.value) printer.note('there is no home yet; it is made when it is needed, or by "meshclaw init"');
    printer.data({ home_exists: checked.value, holds_against: row, values });
    return EXIT.fine;
  },
});

const sourced = (key: string, count: number, file: string): SourcedValue => ({
  key,
  value: String(count),
  from: existsSync(file) ? file : 'default',
});
