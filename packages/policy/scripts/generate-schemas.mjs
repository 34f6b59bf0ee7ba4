// Writes the JSON Schemas of a request and a decision from core's definitions.
//   node packages/policy/scripts/generate-schemas.mjs [--check]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const folder = fileURLToPath(new URL('../../../policies/schemas/', import.meta.url));
const { wireDecisionSchema, wireRequestSchema } = await import('../../core/dist/index.js');
const schemas = { request: wireRequestSchema, decision: wireDecisionSchema };
let different = 0;
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(schemas)) {
  const path = `${folder}${name}.gen.json`;
  const text = `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`;
  let now;
  try {
    now = readFileSync(path, 'utf8');
  } catch {
    now = undefined;
  }
  if (now === text) continue;
  different += 1;
  if (process.argv.includes('--check')) console.error(`policies/schemas/${name}.gen.json is not up to date`);
  else writeFileSync(path, text);
}
process.exit(process.argv.includes('--check') && different > 0 ? 1 : 0);
