/** Archives as `opa build` writes them (POSIX ustar), for tests: also broken ones. */

import { gzipSync } from 'node:zlib';

export interface TarEntry {
  readonly name: string;
  readonly bytes: Uint8Array | string;
  /** `0` is a plain file. */
  readonly type?: string;
}

/** The archive, gzipped. */
export function tarGz(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, bytes, type = '0' }) => {
    const content = Buffer.from(bytes);
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    return [headerOf(name, content.length, type), content, padding];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function headerOf(name: string, size: number, type: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 'latin1');
  header.write('0000600\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
