/** The scripts and the parser behind `file.stat` and `file.chmod`. */

import type { ParseError, Platform } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import { FILE_TYPES, type FileType, fileType, permissions, rawMode } from '../_text/mode.js';
import { unparseable, wholeNumber } from '../_text/read-text.js';

type Userland = Platform['userland'];

/** The constant script that looks at `$1`. */
export const statScript = (userland: Userland): string => STAT(FORMAT[userland]);

// The last words of the message are strerror(3)'s, after the path, so that no path can imitate them.
const STAT = (stat: string) => `LC_ALL=C; export LC_ALL
if told=$(${stat} -- "$1" 2>&1); then printf 'exists=1\\n%s\\n' "$told"; exit 0; fi
case $told in
  *': No such file or directory' | *': Not a directory') printf 'exists=0\\n' ;;
  *) printf '%s\\n' "$told" >&2; exit 1 ;;
esac`;
// stat(1) of GNU coreutils and BusyBox: %f is the raw mode in hex. stat(1) of macOS and FreeBSD: %p is it in octal.
const FORMAT: Readonly<Record<Userland, string>> = {
  gnu: "stat -c 'raw=%f\ndevice=%d\ninode=%i\nlinks=%h\nuid=%u\ngid=%g\nsize=%s\nmtime=%Y\nowner=%U\ngroup=%G'",
  busybox: "stat -c 'raw=%f\ndevice=%d\ninode=%i\nlinks=%h\nuid=%u\ngid=%g\nsize=%s\nmtime=%Y\nowner=%U\ngroup=%G'",
  bsd: "stat -f 'raw=%p\ndevice=%d\ninode=%i\nlinks=%l\nuid=%u\ngid=%g\nsize=%z\nmtime=%m\nowner=%Su\ngroup=%Sg'",
};
const BASE: Readonly<Record<Userland, 8 | 16>> = { gnu: 16, busybox: 16, bsd: 8 };

const Found = z.strictObject({
  exists: z.literal(true),
  type: z.enum(FILE_TYPES),
  /** Four octal digits. */
  mode: z.string().regex(/^[0-7]{4}$/),
  /** `null` where the id has no name. */
  owner: z.string().nullable(),
  group: z.string().nullable(),
  uid: z.int().nonnegative(),
  gid: z.int().nonnegative(),
  sizeBytes: z.int().nonnegative(),
  modifiedAt: z.iso.datetime(),
  /** Decimal digits: device and inode numbers may be larger than a JavaScript number holds. */
  device: z.string().regex(/^\d+$/),
  inode: z.string().regex(/^\d+$/),
  links: z.int().nonnegative(),
});

/** What `file.stat` answers. */
export const Stat = z.discriminatedUnion('exists', [Found, z.strictObject({ exists: z.literal(false) })]);
export type Stat = z.output<typeof Stat>;

/** Reads what `statScript` printed. Err kinds: `unparseable_output`. */
export function parseStat(text: string, userland: Userland): Result<Stat, ParseError> {
  if (text === 'exists=0\n') return ok({ exists: false });
  const values = new Map(
    text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const number = (key: string) => wholeNumber(values.get(key));
  const raw = Number.parseInt(values.get('raw') ?? '', BASE[userland]);
  const mtime = Number(values.get('mtime') || 'none');
  const type = fileType(raw);
  const [device, inode] = [values.get('device') ?? '', values.get('inode') ?? ''];
  const [links, uid, gid, sizeBytes] = [number('links'), number('uid'), number('gid'), number('size')];
  const complete =
    values.get('exists') === '1' && /^\d+$/.test(device) && /^\d+$/.test(inode) && Math.abs(mtime) < 8e12;
  if (!complete || type === undefined || links === undefined) return err(unparseable('stat printed no file'));
  if (uid === undefined || gid === undefined || sizeBytes === undefined)
    return err(unparseable('stat printed no numbers'));
  const modifiedAt = new Date(mtime * 1000).toISOString();
  const owner = nameOf(values.get('owner'));
  const group = nameOf(values.get('group'));
  return ok({
    exists: true,
    type,
    mode: permissions(raw),
    owner,
    group,
    uid,
    gid,
    sizeBytes,
    modifiedAt,
    device,
    inode,
    links,
  });
}

// GNU and BusyBox print UNKNOWN, the BSDs the number.
const nameOf = (name: string | undefined): string | null =>
  name === undefined || name === '' || name === 'UNKNOWN' || /^\d+$/.test(name) ? null : name;

/** The constant script that sets mode `$2` (four digits) on `$1` if it still prints the observed words `$3`; exits 75 and does nothing otherwise. */
export const chmodScript = (userland: Userland): string => CHMOD(OBSERVED[userland]);

// `found` is compared with what was observed in the same script that acts, so that nothing comes between. Exit 75 is
// "not what was observed". Five digits, as GNU chmod keeps a directory's set-id bits when given fewer (chmod(1)).
const CHMOD = (stat: string) => `LC_ALL=C; export LC_ALL
found=$(${stat} -- "$1") || { printf 'it is gone or may not be looked at\\n' >&2; exit 75; }
if [ "$found" != "$3" ]; then printf 'found %s\\n' "$found" >&2; exit 75; fi
chmod -- "0$2" "$1" && printf 'changed\\n'`;
const OBSERVED: Readonly<Record<Userland, string>> = {
  gnu: "stat -c '%f %d %i %u %g'",
  busybox: "stat -c '%f %d %i %u %g'",
  bsd: "stat -f '%p %d %i %u %g'",
};

/** An observed file as `chmodScript` prints it: raw mode, device, inode, uid, gid. */
export function observedWords(
  file: { readonly type: FileType; readonly mode: string; readonly device: string; readonly inode: string } & Readonly<
    Record<'uid' | 'gid', number>
  >,
  userland: Userland,
): string {
  const raw = rawMode(file.type, file.mode).toString(BASE[userland]);
  return [raw, file.device, file.inode, file.uid, file.gid].join(' ');
}
