import { describe, expect, it } from 'vitest';
import { compileBundle } from './compile.js';
import { parameterValues, parseBaseParameters } from './parameters.js';
import { loadShippedSources } from './shipped.js';

const shipped = loadShippedSources();
const parameters = parameterValues(parseBaseParameters(shipped.parameters));
const compile = (path: string, text: string) =>
  compileBundle({ ...shipped, parameters, modules: [...shipped.modules, { path, text }] });

const ABOUT = `# METADATA
# title: Nights
# custom:
#   id: any.nights
#   severity: low
#   message: it is night
#   remediation: wait
package meshclaw.rules.any.nights
`;
const BODY = `
import data.meshclaw.lib.reason

deny contains r if {
	input.context.now == "night"
	r := reason.because(rego.metadata.chain(), [["context", "now"]])
}
`;

describe("a rule of the owner's", () => {
  it('compiles with METADATA and an answer', async () => {
    expect((await compile('owner/nights.rego', ABOUT + BODY)).isOk()).toBe(true);
  });

  it.each<[string, string, string | RegExp]>([
    ['no METADATA', `package meshclaw.rules.any.nights\n${BODY}`, 'the package has no METADATA'],
    ['no message', ABOUT.replace('#   message: it is night\n', '') + BODY, 'METADATA lacks custom.message'],
    ['no title', ABOUT.replace('# title: Nights\n', '') + BODY, 'METADATA lacks a title'],
    ['the id of another rule', ABOUT.replace('any.nights', 'any.freeze') + BODY, 'custom.id has to be any.nights'],
    ['an unknown severity', ABOUT.replace('low', 'awful') + BODY, /custom.severity has to be one of info, low/],
    [
      'an unknown enforcement',
      ABOUT.replace('#   severity', '#   enforcement: soft\n#   severity') + BODY,
      /enforcement has to be hard or shadow/,
    ],
    ...['auto_safe', 'read_state', 'obligation'].map((name): [string, string, string] => [
      `${name} in shadow`,
      `${ABOUT.replace('#   severity', '#   enforcement: shadow\n#   severity')}${BODY}\n${name} contains 1 if true\n`,
      `a rule in shadow may only deny or ask, so it has no ${name}`,
    ]),
    ['nothing to answer', `${ABOUT}\ndenies contains 1 if true\n`, /it has none of deny/],
    ['an answer that is no set', `${ABOUT}\ndeny := true\n`, 'deny has to be a set: deny contains …'],
  ])('is refused with %s, and says where', async (_, text, message) => {
    const refused = (await compile('owner/nights.rego', text))._unsafeUnwrapErr();
    expect(refused.kind).toBe('policy.invalid_source');
    expect(refused.diagnostics?.[0]).toMatchObject({ file: 'owner/nights.rego', row: expect.any(Number) });
    expect(refused.diagnostics?.[0]?.message).toMatch(message);
  });

  it('is refused when it shares its package with another of them', async () => {
    const bare = `package meshclaw.rules.any.nights\n${BODY}`;
    const modules = [
      { path: 'owner/a.rego', text: ABOUT + BODY },
      { path: 'owner/b.rego', text: bare },
    ];
    const both = await compileBundle({ ...shipped, parameters, modules: [...shipped.modules, ...modules] });
    expect(both._unsafeUnwrapErr()).toMatchObject({
      kind: 'policy.forbidden_package',
      diagnostics: [{ file: 'owner/a.rego' }, { file: 'owner/b.rego' }],
    });
  });
});

describe('a guard', () => {
  it('can only deny or ask', async () => {
    const text = `${ABOUT.replace('.rules.', '.guards.')}\nauto_safe contains 1 if true\n`;
    expect((await compile('meshclaw/x.rego', text))._unsafeUnwrapErr().diagnostics?.[0]?.message).toBe(
      'a guard has no auto_safe',
    );
  });

  it('is never in shadow', async () => {
    const text = ABOUT.replace('.rules.', '.guards.').replace('#   severity', '#   enforcement: shadow\n#   severity');
    expect((await compile('meshclaw/x.rego', text + BODY))._unsafeUnwrapErr().diagnostics?.[0]?.message).toBe(
      'a guard is always enforced: custom.enforcement has to be hard',
    );
  });
});
