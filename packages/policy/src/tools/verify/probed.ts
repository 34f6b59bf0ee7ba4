/** Guarantees that are tried by adding something bad to the configuration, in memory, and seeing that it is refused or changes nothing. */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyDecisionPoint } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { parseBundle } from '../../bundle/bundle.js';
import { OWNER } from '../../bundle/check-modules.js';
import { type CompileInput, compileWith } from '../../bundle/compile.js';
import { readOwnerSources } from '../../bundle/owner-sources.js';
import { layerParameters, type Parameters } from '../../bundle/parameters.js';
import { readPolicyInput } from '../../bundle/policy-input.js';
import type { PolicyError } from '../../errors.js';
import { createPdp } from '../../pdp/create-pdp.js';
import { selfTest } from '../../self-test.js';
import {
  atLeast,
  type Configuration,
  classQuestion,
  commands,
  type Guarantee,
  operationsOf,
  request,
  summed,
} from './guarantee.js';

const PROBE = 'rules/any/meshclaw_probe/meshclaw_probe.rego';
const ABOUT = `# METADATA
# title: Probe
# custom:
#   id: any.meshclaw_probe
#   severity: info
#   message: a probe
#   remediation: none
package meshclaw.rules.any.meshclaw_probe
`;
const ALLOWS_ALL = `${ABOUT}
r := {"rule": "any.meshclaw_probe", "title": "Probe", "severity": "info", "message": "a probe", "remediation": "none"}

auto_safe contains r

read_state contains r
`;
/** Each is refused with its place. */
const BROKEN: Readonly<Record<string, string>> = {
  'one that does not parse': `${ABOUT}\ndeny contains r if {\n\tr ==\n}\n`,
  'one that does not compile': `${ABOUT}\ndeny contains r if r := nowhere\n`,
  'a conflict': `${ABOUT}\ndeny contains 1\n\ndeny := true\n`,
  'a built-in that reaches the network': `${ABOUT}\ndeny contains r if r := http.send({"method": "get", "url": "http://localhost"})\n`,
  'a clock': `${ABOUT}\ndeny contains r if r := time.now_ns()\n`,
  'no METADATA': 'package meshclaw.rules.any.meshclaw_probe\n\ndeny contains 1\n',
  'no answer': `${ABOUT}\nallow := true\n`,
  'an unknown package': 'package elsewhere\n\nallow := true\n',
};

const withModule = ({ input }: Configuration, text: string, path = PROBE): CompileInput => ({
  ...input.compile,
  modules: [...input.compile.modules, { path: `${OWNER}${path}`, text }],
});

async function pdpOf({ rego }: Configuration, input: CompileInput): Promise<Result<PolicyDecisionPoint, PolicyError>> {
  const compiled = await compileWith(rego, input);
  if (compiled.isErr()) return err(compiled.error);
  const bundle = parseBundle(compiled.value);
  if ('problem' in bundle) return err({ kind: 'policy.unusable_bundle', message: 'the compiled policy is not whole' });
  return ok(await createPdp(bundle));
}

const guardsStay: Guarantee = {
  id: 'rules_cannot_define_guards',
  title: 'A rule of yours that defines a guard, a helper, the combiner or a shipped rule is refused with its place',
  try: async (configuration) => {
    const packages = configuration.input.compile.modules
      .filter(({ path }) => !path.startsWith(OWNER))
      .map(({ text }) => /^package\s+(\S+)/m.exec(text)?.[1] ?? '');
    const tries: (string | undefined)[] = [];
    for (const name of packages) {
      const text = `package ${name}\n\ndeny contains 1 if false\n`;
      const refused = await compileWith(configuration.rego, withModule(configuration, text));
      const placed =
        refused.isErr() && refused.error.diagnostics?.some(({ file, row }) => file === `${OWNER}${PROBE}` && row === 1);
      tries.push(placed === true ? undefined : `${name} can be defined`);
    }
    return summed(tries);
  },
};

const guardsHold: Guarantee = {
  id: 'rules_cannot_pass_guards',
  title: 'With a rule that allows everything, freeze, floors, guards and the catalogue still hold',
  try: async (configuration) => {
    const policy = await pdpOf(configuration, withModule(configuration, ALLOWS_ALL));
    if (policy.isErr()) return summed([`it did not compile: ${policy.error.message}`]);
    const { operations } = configuration.input.compile;
    const denied = await atLeast(policy.value, 'deny', [
      ...operationsOf(operations, (of) => of !== 'read').map(({ name, of }) => request(name, of, { freeze: true })),
      ...commands(configuration, [
        ['mkfs.ext4', '/dev/sda'],
        ['cat', '/etc/shadow'],
        ['meshclaw', 'unfreeze'],
      ]),
      request('disk.wipe', 'write'),
    ]);
    if (denied.state === 'broken') return denied;
    const floors = (['destructive', 'spend', 'secret'] as const).map((of) => classQuestion(of));
    return atLeast(policy.value, 'approval_required', floors);
  },
};

const brokenRefused: Guarantee = {
  id: 'broken_rules_are_refused',
  title:
    'A rule that does not parse or compile, says nothing, or uses a clock or the network is refused with its place',
  try: async (configuration) => {
    const tries: (string | undefined)[] = [];
    for (const [name, text] of Object.entries(BROKEN)) {
      const refused = await compileWith(configuration.rego, withModule(configuration, text));
      const placed =
        refused.isErr() &&
        (refused.error.diagnostics ?? []).some(({ file, row }) => file !== undefined && row !== undefined);
      tries.push(placed ? undefined : `${name} is not refused with its place`);
    }
    return summed(tries);
  },
};

const looserRefused: Guarantee = {
  id: 'parameters_cannot_be_loosened',
  title: 'A parameter can only be made stricter; the other way is refused with its place',
  try: async ({ input: { below } }) =>
    summed(
      Object.entries(below).flatMap(([name, parameter]) => {
        const wanted = looser(parameter);
        if (wanted === undefined) return [];
        const layered = layerParameters(below, `${name}: ${wanted}\n`, 'probe.yaml');
        const placed = layered.isErr() && layered.error.diagnostics?.[0]?.row === 1;
        return [placed ? undefined : `${name} can be ${wanted}`];
      }),
    ),
};

/** A value that must not be taken, as YAML. A list that only grows has no looser value but another shape. */
function looser(parameter: Parameters[string]): string | undefined {
  switch (parameter.combine) {
    case 'union':
      return 'none';
    case 'min':
      return String(parameter.value + 1);
    case 'and':
      return parameter.value ? undefined : 'true';
    case 'least': {
      const [name, number] = Object.entries(parameter.value)[0] ?? [];
      return name === undefined || number === undefined ? undefined : `{ ${name}: ${number + 1} }`;
    }
    case 'strongest':
      return '{ write: nothing }';
    case 'fixed':
      return '[of=/dev/sda]';
  }
}

const readOnly: Guarantee = {
  id: 'read_only_denies_all_changes',
  title: 'With the pack read-only, your rules included, every change is denied',
  try: async (configuration) => {
    const input = readPolicyInput({ ...configuration.sources, pack: 'read-only' });
    if (input.isErr()) return summed([`it cannot be read: ${input.error.message}`]);
    const policy = await pdpOf(configuration, input.value.compile);
    if (policy.isErr()) return summed([`it did not compile: ${policy.error.message}`]);
    const changes = operationsOf(input.value.compile.operations, (of) => of !== 'read' && of !== 'judged');
    return atLeast(policy.value, 'deny', [
      ...changes.map(({ name, of }) => request(name, of, { properties: { path: '/srv/a', mode: '0600' } })),
      ...commands(configuration, [['systemctl', 'restart', 'nginx']]),
      ...(['write', 'destructive', 'spend', 'secret'] as const).map((of) => classQuestion(of)),
    ]);
  },
};

const unsafeRefused: Guarantee = {
  id: 'files_of_others_are_refused',
  title: 'A policy file that others may write to is refused',
  try: async () => {
    if (process.geteuid === undefined) return { state: 'not_applicable', why: 'files have no such permissions here' };
    const folder = mkdtempSync(join(tmpdir(), 'meshclaw-verify-'));
    try {
      const file = join(folder, 'parameters.yaml');
      writeFileSync(file, 'changes_per_hour: 1\n');
      chmodSync(file, 0o666);
      const read = readOwnerSources(folder);
      return summed([read.isErr() && read.error.kind === 'policy.unsafe_permissions' ? undefined : 'it was read']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const selfTested: Guarantee = {
  id: 'known_bad_requests_are_refused',
  title: 'The known-bad requests of the self-test are refused or asked about',
  try: async ({ policy }) => {
    const failed = await selfTest(policy);
    return failed.length === 0 ? { state: 'holds', tries: 1 } : summed(failed);
  },
};

/** In the order in which they are reported. */
export const PROBED: readonly Guarantee[] = [
  selfTested,
  guardsStay,
  guardsHold,
  brokenRefused,
  looserRefused,
  readOnly,
  unsafeRefused,
];
