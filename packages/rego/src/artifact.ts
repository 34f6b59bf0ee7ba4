// The compiler module on disk: read, unpacked, compared with its recorded digest and compiled.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { type Answer, answered, refused } from './errors.js';
import { compileModule, type WasmModule } from './webassembly.js';

const unpack = promisify(brotliDecompress);

/** The folder with `regoc.wasm.br` and `regoc.wasm.sha256`; the same place from `src` and from `dist`. */
export const ARTIFACT_FOLDER = new URL('../compiler/', import.meta.url);

/** Four times the module's size: a damaged file must not fill the memory while it is unpacked. */
const UNPACKED_LIMIT_BYTES = 160 * 1024 * 1024;

const loaded = new Map<string, Promise<Answer<WasmModule>>>();

/**
 * Loads the compiler module, once for the process and folder; a failed load is tried again by the next call.
 * Err kinds: `rego.compiler_unavailable`, `rego.compiler_corrupt`.
 */
export function loadCompiler(folder: URL): Promise<Answer<WasmModule>> {
  const known = loaded.get(folder.href);
  if (known !== undefined) return known;
  const loading = readCompiler(folder).then((answer) => {
    if (!answer.ok) loaded.delete(folder.href);
    return answer;
  });
  loaded.set(folder.href, loading);
  return loading;
}

async function readCompiler(folder: URL): Promise<Answer<WasmModule>> {
  const packed = new URL('regoc.wasm.br', folder);
  const recorded = new URL('regoc.wasm.sha256', folder);
  try {
    const expectedDigest = (await readFile(recorded, 'utf8')).slice(0, 64);
    const raw = await unpack(await readFile(packed), { maxOutputLength: UNPACKED_LIMIT_BYTES });
    const actualDigest = createHash('sha256').update(raw).digest('hex');
    if (actualDigest !== expectedDigest) return refusedDigest(packed, expectedDigest, actualDigest);
    return answered(await compileModule(raw));
  } catch (cause) {
    const file = fileURLToPath(packed);
    return refused({
      kind: 'rego.compiler_unavailable',
      message: 'the compiler module cannot be loaded',
      file,
      cause,
    });
  }
}

function refusedDigest(packed: URL, expectedDigest: string, actualDigest: string): Answer<WasmModule> {
  return refused({
    kind: 'rego.compiler_corrupt',
    message: 'the compiler module does not match its recorded digest',
    file: fileURLToPath(packed),
    expectedDigest,
    actualDigest,
  });
}
