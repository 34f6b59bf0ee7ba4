/** Reading and writing the SSH wire encoding (RFC 4251 §5): length-prefixed strings, nothing more. */

/** The fields of a blob in order; undefined when a length does not fit, and for every field after it. Never reads past the end. */
export interface SshReader {
  string(): Buffer | undefined;
  uint32(): number | undefined;
  byte(): number | undefined;
  bytes(length: number): Buffer | undefined;
  readonly rest: number;
}

/** A reader over bytes that came from outside. */
export function sshReader(bytes: Buffer): SshReader {
  let at = 0;
  const take = (length: number): Buffer | undefined => {
    const begin = at;
    at = length > bytes.length - at ? Number.POSITIVE_INFINITY : at + length;
    return Number.isFinite(at) ? bytes.subarray(begin, at) : undefined;
  };
  const uint32 = () => take(4)?.readUInt32BE(0);
  return {
    bytes: take,
    byte: () => take(1)?.[0],
    uint32,
    string: () => {
      const length = uint32();
      return length === undefined ? undefined : take(length);
    },
    get rest() {
      return bytes.length - at;
    },
  };
}

/** One length-prefixed string. */
export function sshString(value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
