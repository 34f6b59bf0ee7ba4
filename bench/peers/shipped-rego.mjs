// The shipped Rego and data as plain files, for peers that read them as such.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A new folder with all of it; `remove` removes it. */
export function writeShippedRego() {
  const shipped = new URL('../../packages/policy/shipped/', import.meta.url);
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-bench-'));
  const { modules } = JSON.parse(readFileSync(new URL('modules.gen.json', shipped), 'utf8'));
  for (const { path, text } of modules) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, 'data.json'), readFileSync(new URL('data.json', shipped)));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
