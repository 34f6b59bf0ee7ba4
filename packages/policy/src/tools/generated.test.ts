import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** The generators compare with what `script/generate` would write now; they read the built packages. */
it.each(['generate-schemas', 'generate-rule-reference'])('what %s writes is up to date', (generator) => {
  const script = fileURLToPath(new URL(`../../scripts/${generator}.mjs`, import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
