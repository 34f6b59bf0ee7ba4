/** Reads the one form of tar that `opa build` writes (POSIX ustar, plain files), and refuses everything else. */

import { gunzipSync } from 'node:zlib';

/** POSIX.1-1988 (ustar): header and content come in blocks of this many bytes. */
const BLOCK = 512;
/** What a bundle may unpack to. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_FILES = 4_000;
const PLAIN_FILE = ['0', '\0', ''];

/** The files of a gzipped archive by path, without a leading slash; or what is wrong with it. Never throws. */
export function readTarGz(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> | { readonly problem: string } {
  let unpacked: Buffer;
  try {
    unpacked = gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch {
    return { problem: 'it is not whole gzip of at most 64 MiB' };
  }
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= unpacked.length; ) {
    const header = unpacked.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const entry = readHeader(header);
    if ('problem' in entry) return entry;
    const end = at + BLOCK + entry.size;
    if (end > unpacked.length) return { problem: `it ends within ${entry.name}` };
    if (files.has(entry.name)) return { problem: `it holds ${entry.name} twice` };
    if (files.size >= MOST_FILES) return { problem: 'it holds too many files' };
    files.set(entry.name, unpacked.subarray(at + BLOCK, end));
    at += BLOCK + Math.ceil(entry.size / BLOCK) * BLOCK;
  }
  return { problem: 'it has no end' };
}

type Entry = { readonly name: string; readonly size: number } | { readonly problem: string };

/** Offsets and lengths are those of the ustar header block. */
function readHeader(header: Buffer): Entry {
  const text = (from: number, length: number): string =>
    header
      .subarray(from, from + length)
      .toString('latin1')
      .replace(/\0.*$/s, '');
  const number = (from: number, length: number): number => Number.parseInt(text(from, length).trim(), 8);
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (number(148, 8) !== sum) return { problem: 'it is no tar archive' };
  const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
  const name = [prefix, text(0, 100)]
    .filter((part) => part !== '')
    .join('/')
    .replace(/^\/+/, '');
  if (!PLAIN_FILE.includes(text(156, 1))) return { problem: `${name} in it is no plain file` };
  if (name === '' || name.split('/').some((part) => part === '..' || part === '.'))
    return { problem: 'it holds a file with no proper name' };
  const size = number(124, 12);
  return Number.isSafeInteger(size) && size >= 0 ? { name, size } : { problem: `${name} in it has no size` };
}
