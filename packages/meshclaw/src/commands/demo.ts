/** `meshclaw demo`: the whole story in a temporary home, by real commands; leaves nothing behind. */

import { defineCommand } from '../cli/command.js';
import { EXIT } from '../cli/exit-code.js';
import { createStage, type Deviation } from '../demo/stage.js';
import { playStory } from '../demo/story.js';
import { detailOf } from '../errors.js';
import type { Printer } from '../output/printer.js';

const NEXT = [
  '',
  'That was all of it, and the folder is gone again. Next:',
  '  meshclaw init                                     make your own home',
  '  meshclaw init --from ssh-config                   take over the servers you reach by ssh',
  '  meshclaw enrol <server>                           compare and pin its host key',
  '  meshclaw approvers add <name> <public key file>   say whose signature is a yes',
  '  meshclaw --help                                   everything else',
] as const;

export const command = defineCommand({
  name: 'demo',
  summary: 'Show what MeshClaw does, by real commands in a temporary home',
  description:
    'Asks, is denied, asks again, has a plan approved by a key made for it, runs it once, proves it, and shows that a changed byte is found. Changes nothing outside a temporary folder, which it removes.',
  positionals: [],
  options: [],
  example: 'demo',
  async run(_args, { printer }) {
    const stage = createStage(printer);
    let defect: string | undefined;
    try {
      await playStory(stage);
    } catch (cause) {
      defect = detailOf(cause);
    } finally {
      stage.clear();
    }
    const steps = stage.played.map(({ line, code, expected }) => ({ line, exit_code: code, expected }));
    const told = stage.deviation === undefined && defect === undefined;
    printer.data({ ok: told, steps });
    if (told) for (const line of NEXT) printer.text(line);
    else for (const line of deviationLines(stage.deviation, defect, printer)) printer.note(line);
    return told ? EXIT.fine : EXIT.notDone;
  },
});

function deviationLines(
  deviation: Deviation | undefined,
  defect: string | undefined,
  { json }: Printer,
): readonly string[] {
  if (!deviation) return [`the demo went wrong: ${defect}`];
  const { line, code, expected, output } = deviation.played;
  return [
    '',
    `the demo went another way than it should have: ${line}`,
    code === expected ? `  its output lacks "${deviation.missing}"` : `  exit code ${code} instead of ${expected}`,
    ...(json ? output.split('\n') : []),
  ];
}
