/** `meshclaw approvers list`: whose signature is a yes. */

import { defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { readApprovers } from '../../home/approvers.js';
import { checkHome } from '../../home/home.js';
import { fail } from '../../output/fail.js';
import { table } from '../../output/table.js';

export const command = defineCommand({
  name: 'approvers list',
  summary: 'Show whose signature is a yes',
  positionals: [],
  options: [],
  example: 'approvers list',
  async run(_args, { home, printer }) {
    const checked = await checkHome(home);
    if (checked.isErr()) return fail(printer, checked.error);
    const approvers = await readApprovers(home);
    if (approvers.isErr()) {
      const { message, detail } = approvers.error;
      return fail(printer, { kind: 'meshclaw.approvers_unavailable', message, detail: detail ?? '' });
    }
    const rows = approvers.value.map(({ name, keyType, fingerprint }) => [name, keyType, fingerprint]);
    printer.text(
      rows.length === 0
        ? 'nobody is enrolled: whatever needs approval waits; begin with "meshclaw approvers add <name> <public key file>"'
        : table(['name', 'key', 'fingerprint'], rows, printer),
    );
    printer.data({ approvers: approvers.value });
    return EXIT.fine;
  },
});
