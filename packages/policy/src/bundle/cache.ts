/** Compiled bundles by the digest of their sources, in a folder that only its owner may write to. */

import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import type { PolicyError } from '../errors.js';
import { type PolicyBundle, parseBundle } from './bundle.js';
import { type CompiledFiles, type CompileInput, dataText } from './compile.js';
import { othersMayWrite, replaceableAt } from './permissions.js';

/** The bundle stored under a key; undefined when there is none, or it is not whole, or not made of these sources (then it is compiled again). Err kinds: `policy.unsafe_permissions`. */
export function readCached(
  folder: string,
  key: string,
  input: CompileInput,
): Result<PolicyBundle | undefined, PolicyError> {
  try {
    const paths = ['wasm', 'data', 'manifest'].map((part) => join(folder, `${key}.${part}`));
    const unsafe = replaceableAt(folder) ?? paths.find(othersMayWrite);
    if (unsafe !== undefined) {
      return err({
        kind: 'policy.unsafe_permissions',
        message: 'others may write to the policy cache; remove it',
        path: unsafe,
      });
    }
    const [wasm, data, manifest] = paths.map((path) => readFileSync(path));
    if (!wasm || !data || !manifest) return ok(undefined);
    const bundle = parseBundle({ wasm, data: data.toString('utf8'), manifest: manifest.toString('utf8') });
    return ok('problem' in bundle || !isMadeOf(bundle, input) ? undefined : bundle);
  } catch {
    return ok(undefined); // not there, or not readable: compiling decides
  }
}

function isMadeOf({ manifest }: PolicyBundle, input: CompileInput): boolean {
  const digests = new Map(input.modules.map(({ path, text }) => [path, sha256Hex(text)]));
  const same = manifest.sources.filter(({ file, sha256 }) => digests.get(file) === sha256);
  return (
    same.length === digests.size &&
    manifest.sources.length === digests.size &&
    manifest.data_sha256 === sha256Hex(dataText(input))
  );
}

/** Stores a bundle; each file appears whole or not at all. A cache that cannot be written only costs time. */
export function writeCached(folder: string, key: string, { wasm, data, manifest }: CompiledFiles): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    for (const [part, bytes] of [
      ['wasm', wasm],
      ['data', data],
      ['manifest', manifest],
    ] as const) {
      const path = join(folder, `${key}.${part}`);
      writeFileSync(`${path}.${process.pid}`, bytes, { mode: 0o600 });
      renameSync(`${path}.${process.pid}`, path);
    }
  } catch {
    return;
  }
}
