/** `meshclaw policy diff`: the requests of a set that two policies answer with another effect. */

import type { DecisionRequest } from '@meshclaw/core';
import { compareDecisions, type Flip, openSide, readRequests, sampleRequests } from '@meshclaw/policy/tools';
import { err, ok, type Result } from 'neverthrow';
import { defineCommand } from '../../cli/command.js';
import { EXIT, type ExitCode } from '../../cli/exit-code.js';
import { existing, PACK, packNamed, packOf } from '../../cli/policy-options.js';
import type { HomeError, UsageError } from '../../errors.js';
import { readText } from '../../home/answer.js';
import { fail, failUsage } from '../../output/fail.js';
import { flipLine, flipSummary } from '../../output/flip-text.js';
import { policyProblem } from '../../wire-policy.js';

const FAIL_ON = ['any', 'milder', 'none'] as const;
const SIDE = 'a folder of rules, the folder of a compiled bundle, or pack:<name>';

export const command = defineCommand({
  name: 'policy diff',
  summary: 'Show which requests two policies answer with another effect',
  description:
    'Without --requests a set is asked that holds every operation and class, by every kind of subject, frozen, exposed, in production and so on. Exit code 0: nothing at or over --fail-on; 1: something; 2: a policy or the requests cannot be read.',
  positionals: [
    { name: 'old', description: SIDE, required: true },
    { name: 'new', description: 'the other', required: true },
  ],
  options: [
    { name: 'requests', value: 'file', description: 'one JSON object a line; - reads stdin' },
    { name: 'fail-on', value: 'direction', description: `${FAIL_ON.join(', ')} (default any)` },
    PACK,
  ],
  example: 'policy diff pack:homelab pack:production',
  async run(args, { printer }): Promise<ExitCode> {
    const failOn = FAIL_ON.find((one) => one === (args.optional('fail-on') ?? 'any'));
    if (failOn === undefined)
      return failUsage(printer, `--fail-on is one of ${FAIL_ON.join(', ')}`, args.text('fail-on'));
    const pack = packOf(args);
    if (pack.isErr()) return fail(printer, pack.error);
    const [old, other] = [await sourcesOf(args.text('old'), pack.value), await sourcesOf(args.text('new'), pack.value)];
    if (old.isErr()) return fail(printer, old.error);
    if (other.isErr()) return fail(printer, other.error);
    const sides = [await openSide(old.value), await openSide(other.value)] as const;
    const [before, after] = sides;
    if (before.isErr()) return fail(printer, policyProblem(before.error));
    if (after.isErr()) return fail(printer, policyProblem(after.error));
    const operations = { ...before.value.operations, ...after.value.operations };
    const requests = await requestsFrom(args.optional('requests'), () => sampleRequests(operations));
    if (requests.isErr()) return fail(printer, requests.error);
    const flips = await compareDecisions(before.value.policy, after.value.policy, requests.value);
    for (const flip of flips) printer.text(flipLine(flip));
    printer.note(flipSummary(flips, requests.value.length));
    printer.data({ requests: requests.value.length, flips });
    return flips.some((flip) => counts(flip, failOn)) ? EXIT.findings : EXIT.fine;
  },
});

const counts = ({ milder }: Flip, failOn: (typeof FAIL_ON)[number]): boolean =>
  failOn === 'any' || (failOn === 'milder' && milder);

type Sources = Parameters<typeof openSide>[0];

async function sourcesOf(word: string, pack: Sources['pack']): Promise<Result<Sources, UsageError | HomeError>> {
  if (word.startsWith('pack:')) return packNamed(word.slice('pack:'.length)).map((named) => ({ pack: named }));
  const safe = await existing(word);
  return safe.map(() => ({ ownerFolder: word, ...(pack === undefined ? {} : { pack }) }));
}

/** Every line has to be a request: one that is none would be answered alike by every policy. */
async function requestsFrom(
  file: string | undefined,
  sample: () => readonly DecisionRequest[],
): Promise<Result<readonly DecisionRequest[], UsageError>> {
  if (file === undefined) return ok(sample());
  const text = await readText(file);
  if (text.isErr()) return err(text.error);
  const read = readRequests(text.value);
  const broken = read.find((one) => 'problem' in one);
  if (broken && 'problem' in broken) {
    const detail = `${file}:${broken.line}:1 ${broken.problem}`;
    return err({ kind: 'meshclaw.usage', message: 'a line is no request', detail });
  }
  const requests = read.flatMap((one) => ('request' in one ? [one.request] : []));
  return requests.length === 0
    ? err({ kind: 'meshclaw.usage', message: 'there are no requests to compare with', detail: file })
    : ok(requests);
}
