/** `meshclaw policy replay`: the decisions of an exported ledger, asked again of the policy in force or of another. */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { openSide, type Replay, replayDecisions } from '@meshclaw/policy/tools';
import { ResultAsync } from 'neverthrow';
import { type Arguments, defineCommand } from '../../cli/command.js';
import { EXIT } from '../../cli/exit-code.js';
import { existing, homeSources, PACK, packOf } from '../../cli/policy-options.js';
import { detailOf } from '../../errors.js';
import type { Home } from '../../home/home.js';
import { visibleLine } from '../../output/escape.js';
import { fail, failUsage } from '../../output/fail.js';
import { flipLine, flipSummary } from '../../output/flip-text.js';
import { policyProblem } from '../../wire-policy.js';

export const command = defineCommand({
  name: 'policy replay',
  summary: 'Show which past decisions would come out otherwise',
  description:
    'Reads an export (meshclaw evidence export), which "meshclaw-evidence verify" checks. Exit code 0: every decision comes out as it did; 1: some do not, or cannot be asked again; 2: there are none, or export or policy cannot be read.',
  positionals: [],
  options: [
    { name: 'ledger', value: 'file', description: 'the export' },
    { name: 'against', value: 'folder', description: 'rules, or a compiled bundle (default: the policy of the home)' },
    PACK,
  ],
  example: 'policy replay --ledger evidence.jsonl --against ./policies',
  async run(args, { home, printer }) {
    const file = args.optional('ledger');
    if (file === undefined) return failUsage(printer, '--ledger is missing', 'meshclaw policy replay --help');
    const sources = await sourcesOf(args, home);
    if (sources.isErr()) return fail(printer, sources.error);
    const side = await openSide(sources.value);
    if (side.isErr()) return fail(printer, policyProblem(side.error));
    const reading = replayDecisions(side.value.policy, createInterface({ input: createReadStream(file) }));
    const replayed = await ResultAsync.fromPromise(reading, detailOf);
    if (replayed.isErr()) {
      const message = 'this file cannot be read';
      return fail(printer, { kind: 'meshclaw.unreadable_file', message, detail: replayed.error });
    }
    if (replayed.value.isErr()) return fail(printer, policyProblem(replayed.value.error));
    const replay = replayed.value.value;
    if (replay.decisions === 0) return failUsage(printer, 'there are no decisions in this export', file);
    for (const line of replayLines(replay)) printer.text(line);
    printer.note(flipSummary(replay.flips, replay.decisions));
    printer.data(replay);
    return replay.flips.length + replay.unreplayable.length === 0 ? EXIT.fine : EXIT.findings;
  },
});

async function sourcesOf(args: Arguments, home: Home) {
  const pack = packOf(args);
  const folder = args.optional('against');
  const own =
    folder === undefined ? await homeSources(home) : (await existing(folder)).map(() => ({ ownerFolder: folder }));
  return pack.andThen((named) =>
    own.map((sources) => ({ ...sources, ...(named === undefined ? {} : { pack: named }) })),
  );
}

const replayLines = ({ flips, unreplayable, redacted }: Replay): readonly string[] => [
  ...flips.map((flip) => `record ${flip.record}, ${flip.at}: ${flipLine(flip)}`),
  ...unreplayable.map(({ record, problem }) => visibleLine(`record ${record} cannot be asked again: ${problem}`)),
  ...(redacted === 0 ? [] : [`${redacted} were stored with something blacked out, and are asked with it blacked out`]),
];
