import { createRego } from '@meshclaw/rego';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOwnerFolder, type OwnerFolder, ruleText } from '../../_testing/owner-folder.js';
import { parseBundle } from '../../bundle/bundle.js';
import { type CompileInput, compileWith } from '../../bundle/compile.js';
import { readPolicyInput } from '../../bundle/policy-input.js';
import { createPdp } from '../../pdp/create-pdp.js';
import { ASKED } from './asked.js';
import type { VerifiedGuarantee } from './guarantee.js';
import { GUARANTEES, tryAll, verifyPolicy } from './verify.js';

const rego = createRego();
let owner: OwnerFolder;
beforeAll(() => {
  owner = createOwnerFolder();
});
afterAll(async () => {
  owner.remove();
  await rego.close();
});

const states = (verified: readonly VerifiedGuarantee[], state: string) =>
  verified.filter((one) => one.state === state).map(({ id }) => id);

describe('the guarantees', () => {
  it('hold for the shipped policy, all of them, each tried', async () => {
    const verified = (await verifyPolicy({}))._unsafeUnwrap();
    expect(verified.map(({ id }) => id)).toEqual(GUARANTEES.map(({ id }) => id));
    expect(verified.filter(({ state }) => state !== 'holds')).toEqual([]);
    expect(verified.every((one) => 'tries' in one && one.tries > 0)).toBe(true);
  });

  it('are not tried on rules that are too mild to be opened', async () => {
    owner.put(
      'rules/file/tidy/tidy.rego',
      ruleText(
        'tidy',
        'auto_safe contains r if {\n\tinput.action.name == "file.chmod"\n\tr := reason.because(rego.metadata.chain(), [])\n}',
        'file',
      ),
    );
    expect((await verifyPolicy({ ownerFolder: owner.folder }))._unsafeUnwrapErr().kind).toBe('policy.failed_self_test');
  });

  it('that cannot be tried do not hold: a policy that allows no change has no approvals to look at', async () => {
    const verified = (await verifyPolicy({ pack: 'read-only' }))._unsafeUnwrap();
    expect(states(verified, 'not_applicable')).toEqual(['an_approval_is_a_signature']);
    expect(states(verified, 'broken')).toEqual([]);
  });
});

/** The shipped policy without one of its files, or with other data. */
async function damaged(change: (input: CompileInput) => CompileInput) {
  const input = readPolicyInput({})._unsafeUnwrap();
  const compile = change(input.compile);
  const bundle = parseBundle((await compileWith(rego, compile))._unsafeUnwrap());
  if ('problem' in bundle) throw new Error(bundle.problem);
  const configuration = { policy: await createPdp(bundle), sources: {}, input: { ...input, compile }, rego };
  return states(await tryAll(ASKED, configuration), 'broken');
}
const without = (path: string) => (input: CompileInput) => ({
  ...input,
  modules: input.modules.filter((module) => !module.path.endsWith(path)),
});
const changed = (path: string, from: string, to: string) => (input: CompileInput) => ({
  ...input,
  modules: input.modules.map((module) =>
    module.path.endsWith(path) ? { ...module, text: module.text.replace(from, to) } : module,
  ),
});

describe('a guarantee breaks when what stands behind it is taken away', () => {
  it.each([
    ['freeze_denies_every_change', without('/freeze.rego')],
    ['protected_paths_are_denied', without('/file/protected_path/protected_path.rego')],
    ['own_files_are_denied', without('/own_files.rego')],
    ['no_file_is_opened_to_everybody', without('/no_world_write.rego')],
    ['critical_servers_take_two', without('/critical_four_eyes.rego')],
    ['unknown_operations_are_denied', changed('/authz.rego', 'if not known', 'if false')],
    ['a_false_class_is_denied', changed('/authz.rego', 'if not known', 'if false')],
    [
      'destruction_needs_a_person',
      (input: CompileInput) =>
        changed(
          '/authz.rego',
          '"destructive": "approval_required"',
          '"destructive": "auto_safe"',
        )(changed('/authz.rego', 'else := "approval_required"', 'else := "auto_safe"')(input)),
    ],
    ['an_approval_is_a_signature', changed('/authz.rego', '"parameters": {"minimum": minimum}', '"parameters": {}')],
    [
      'nobody_is_milder_by_type',
      changed('/freeze.rego', 'thawed if input.context.freeze == false', 'thawed if input.subject.type == "human"'),
    ],
  ])('%s', async (id, change) => {
    expect(await damaged(change)).toContain(id);
  });

  it('and one that breaks down while it is tried does not hold', async () => {
    const input = readPolicyInput({})._unsafeUnwrap();
    const policy = { digest: '', decide: () => Promise.reject(new Error('gone')) };
    const verified = await tryAll(ASKED, { policy, sources: {}, input, rego });
    expect(states(verified, 'holds')).toEqual([]);
  });
});
