import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRego, type TestReport } from '@meshclaw/rego';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../policies/', import.meta.url));
const paths = readdirSync(`${root}meshclaw`, { recursive: true })
  .map((path) => `meshclaw/${String(path)}`)
  .filter((path) => path.endsWith('.rego'));
const files = paths.map((path) => ({ path, text: readFileSync(root + path, 'utf8') }));
const sources = paths.filter((path) => !path.endsWith('_test.rego'));
const rules = sources.filter((path) => /^meshclaw\/(guards|rules)\//.test(path));

const rego = createRego();
let report: TestReport;
beforeAll(async () => {
  const tested = await rego.test({ files, coverage: true });
  if (!tested.ok) throw new Error(JSON.stringify(tested.error));
  report = tested.value;
});
afterAll(() => rego.close());

describe('the Rego of the base policy', () => {
  it('passes its own tests', () => {
    const failed = report.tests.filter(({ outcome }) => outcome !== 'passed');
    expect(failed.map(({ package: name, name: test }) => `${name}.${test}`)).toEqual([]);
    expect(report.tests.length).toBeGreaterThanOrEqual(rules.length * 3);
  });

  it.each(sources)('is covered whole: %s', (path) => {
    expect(report.coverage?.files[path]).toMatchObject({ notCovered: [] });
  });

  it('is formatted', async () => {
    const formatted = await rego.fmt({ files });
    const changed = formatted.ok ? formatted.value.filter((file) => file.changed).map(({ path }) => path) : ['none'];
    expect(changed).toEqual([]);
  });

  it.each(rules)('has a rule with a test beside it and an id that is its place: %s', async (path) => {
    const [noun = '', name = ''] = dirname(path).split('/').slice(-2);
    expect(basename(path)).toBe(`${name}.rego`);
    expect(paths).toContain(path.replace(/\.rego$/, '_test.rego'));
    const inspected = await rego.inspect({ files: files.filter((file) => file.path === path) });
    const about = inspected.ok ? inspected.value.annotations.find(({ scope }) => scope === 'package') : undefined;
    expect(about).toMatchObject({
      title: expect.any(String),
      description: expect.any(String),
      custom: {
        id: `${noun}.${name}`,
        severity: expect.stringMatching(/^(info|low|medium|high|critical)$/),
        message: expect.any(String),
        remediation: expect.any(String),
        enforcement: 'hard',
      },
    });
  });
});
