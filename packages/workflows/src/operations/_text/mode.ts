/** File modes as the kernel has them: type and permission bits in one number (inode(7)). */

export const FILE_TYPES = [
  'file',
  'directory',
  'symlink',
  'block_device',
  'character_device',
  'fifo',
  'socket',
] as const;
/** What a path is. */
export type FileType = (typeof FILE_TYPES)[number];

// S_IFMT values of inode(7); the same on Linux, macOS and the BSDs.
const BITS: Readonly<Record<FileType, number>> = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  block_device: 0o060000,
  character_device: 0o020000,
  fifo: 0o010000,
  socket: 0o140000,
};

/** The type in a raw mode, `undefined` for one this table does not have. */
export const fileType = (raw: number): FileType | undefined =>
  FILE_TYPES.find((type) => BITS[type] === (raw & 0o170000));

/** The permission bits of a raw mode as four octal digits. */
export const permissions = (raw: number): string => (raw & 0o7777).toString(8).padStart(4, '0');

/** The raw mode of a type and its permission bits (octal digits). */
export const rawMode = (type: FileType, mode: string): number => BITS[type] | Number.parseInt(mode, 8);
