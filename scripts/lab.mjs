// The lab by hand: npm run lab -- up 2. Its sources are TypeScript in test/lab; they are built each time, which takes
// less than half a second, into a folder of this process.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsup';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'test/lab');
const made = mkdtempSync(join(tmpdir(), 'meshclaw-lab-'));
process.on('exit', () => rmSync(made, { recursive: true, force: true }));
const scenarios = readdirSync(join(source, 'scenarios')).filter((name) => name.endsWith('.ts'));

await build({
  config: false,
  entry: ['main.ts', ...scenarios.map((name) => `scenarios/${name}`)].map((name) => join(source, name)),
  outDir: made,
  format: 'esm',
  target: 'node20',
  platform: 'node',
  bundle: true,
  silent: true,
});
try {
  const { main } = await import(pathToFileURL(join(made, 'main.js')).href);
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`lab: ${error.message}\n`);
  process.exitCode = 1;
}
