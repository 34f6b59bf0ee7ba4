/** The kinds of input that operations and workflows share. A value that fits cannot be an option, a second word or an escape. */

import { z } from 'zod';

/** A server's id in the inventory: letters, digits, `.`, `_` and `-`, not starting with one of the last three; at most 128 characters. */
export const ServerId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)
  .describe('id of a server in the inventory');

/** An absolute path: starts with `/`, no control characters, no `..` segment, at most 4096 characters (Linux' PATH_MAX). */
export const AbsolutePath = z
  .string()
  .max(4096)
  .regex(/^(?!.*\/\.\.(?:\/|$))\/\P{Cc}*$/u)
  .refine((path) => path.isWellFormed(), 'is not valid unicode')
  .describe('absolute path');

/** An absolute path in its shortest form: no empty or `.` segment and no slash at the end, so that one file has one spelling in an approval. */
export const PlainPath = AbsolutePath.regex(/^(?!.*(?:\/\/|\/\.(?:\/|$)|.\/$))/).describe(
  'absolute path without empty or "." segments',
);

/** A file mode as chmod(1) takes it: three or four octal digits. Three digits clear the set-id and sticky bits. */
export const FileMode = z
  .string()
  .regex(/^[0-7]{3,4}$/)
  .describe('file mode, three or four octal digits');

/** Whose rights are used: the login's, or root's (the login if it is root, else `sudo -n`). */
export const RunsAs = z.enum(['login', 'root']).default('login').describe('whose rights are used');

// systemd.unit(5): the types of units, and the characters of a name. Globs, blanks and control characters are none of
// them; a leading "-" would be an option, and "name@" is a template, which cannot run.
const UNIT_NAME = /^(?![-.@])(?!.*@(?:\.|$))[A-Za-z0-9:_.\\@-]+$/;
const UNIT_TYPES = /\.(?:service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;

/** The name of a systemd unit, at most 255 characters. One without a type means a service, as systemctl(1) takes it, and is written out, so that one unit has one spelling in an approval. */
export const SystemdUnit = z
  .string()
  .regex(UNIT_NAME)
  .overwrite((name) => (UNIT_TYPES.test(name) ? name : `${name}.service`))
  .max(255)
  .describe('name of a systemd unit; without a type it is a service');

/** The name of a systemd unit that is a service. */
export const SystemdService = SystemdUnit.refine((name) => name.endsWith('.service'), 'is not a service').describe(
  'name of a systemd service',
);

/** How much is told of a journal: `emerg` is the gravest; asking for one includes the graver ones (syslog(3)). */
export const JOURNAL_PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;
