/** Changes to a compiled module that a compiler would not make, for tests. */

/** The same module with one of its imports or exports under another name. */
export function renamed(wasm: Uint8Array, from: string, to: string): Uint8Array {
  return withSection(wasm, IMPORTS_AND_EXPORTS, (section) => {
    const wanted = Buffer.from([from.length, ...Buffer.from(from)]);
    const at = section.indexOf(wanted);
    if (at === -1) return undefined;
    return Buffer.concat([
      section.subarray(0, at),
      Buffer.from([to.length, ...Buffer.from(to)]),
      section.subarray(at + wanted.length),
    ]);
  });
}

/** The same module with another ABI: the globals that OPA's compiler writes as `i32.const 1` and `i32.const 3` (ABI 1.3). */
export function withAbi(wasm: Uint8Array, major: number, minor: number): Uint8Array {
  return withSection(wasm, [GLOBALS], (section) => {
    const abi = section.lastIndexOf(Buffer.from([0x7f, 0x00, 0x41, 1, 0x0b, 0x7f, 0x00, 0x41, 3, 0x0b]));
    if (abi === -1) return undefined;
    const changed = Buffer.from(section);
    changed[abi + 3] = major;
    changed[abi + 8] = minor;
    return changed;
  });
}

/** Section ids of the WebAssembly binary format. */
const IMPORTS_AND_EXPORTS = [2, 7];
const GLOBALS = 6;

function withSection(
  wasm: Uint8Array,
  ids: readonly number[],
  change: (section: Buffer) => Buffer | undefined,
): Uint8Array {
  const bytes = Buffer.from(wasm);
  for (let at = 8; at < bytes.length; ) {
    const [size, start] = readSize(bytes, at + 1);
    const end = start + size;
    const changed = ids.includes(bytes[at] ?? -1) ? change(bytes.subarray(start, end)) : undefined;
    if (changed !== undefined) {
      return Buffer.concat([bytes.subarray(0, at + 1), writeSize(changed.length), changed, bytes.subarray(end)]);
    }
    at = end;
  }
  throw new Error('the module has nothing of the kind');
}

/** LEB128, as WebAssembly writes sizes. */
function readSize(bytes: Uint8Array, from: number): readonly [size: number, next: number] {
  const low = bytes[from] ?? 0;
  if (low < 128) return [low, from + 1];
  const [high, next] = readSize(bytes, from + 1);
  return [(low & 127) + high * 128, next];
}

const writeSize = (size: number): Buffer =>
  size < 128 ? Buffer.from([size]) : Buffer.concat([Buffer.from([(size & 127) | 128]), writeSize(size >> 7)]);
