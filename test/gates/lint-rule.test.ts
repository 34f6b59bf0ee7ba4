import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixture = fileURLToPath(new URL('./__fixtures__/unused-result.ts', import.meta.url));

it('reports exactly the results that nobody looks at', { timeout: 120_000 }, async () => {
  const rules = { '@typescript-eslint/no-floating-promises': 'off' } as const;
  const eslint = new ESLint({ cwd: root, ignore: false, overrideConfig: { rules } });
  const [found] = await eslint.lintFiles([fixture]);
  const lost = readFileSync(fixture, 'utf8')
    .split('\n')
    .flatMap((line, at) => (line.endsWith('// lost') ? [at + 1] : []));
  expect(lost.length).toBeGreaterThan(4);
  expect(found?.messages.map(({ ruleId, line }) => ({ ruleId, line }))).toEqual(
    lost.map((line) => ({ ruleId: 'meshclaw/unused-result', line })),
  );
});
