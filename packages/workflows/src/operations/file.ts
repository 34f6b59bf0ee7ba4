/** Files: what one path is, its digest and its mode. Contents are never shown. */

import { defineChange, defineRead, script, step, unsupported, type WantedStep } from '@meshclaw/core';
import { err, ok } from 'neverthrow';
import { z } from 'zod';
import { FileMode, PlainPath, RunsAs } from '../inputs.js';
import { DIGEST, Digest, parseDigest } from './_file/digest.js';
import { chmodScript, observedWords, parseStat, Stat, statScript } from './_file/stat.js';
import type { FileType } from './_text/mode.js';
import { unparseable, wholeText } from './_text/read-text.js';

/** Answers what a path is, without following a symbolic link. A path that is not there is an answer; one that may not be looked at fails. */
export const fileStat = defineRead({
  name: 'file.stat',
  title: 'Look at a file',
  description:
    'Answers type, mode, owner, size, time of last change and identity (device, inode) of one path, without following a symbolic link at its end. Reads no contents. A missing path is an answer.',
  on: 'server',
  via: 'command',
  needs: ['userland'],
  limits: { timeoutMs: 10_000, maxOutputBytes: 16_384 },
  input: z.strictObject({ path: PlainPath, as: RunsAs }),
  output: Stat,
  action: ({ path, as }, { userland }) => script(statScript(userland), [path], as),
  parse: (outcome, _input, { userland }) => wholeText(outcome.stdout).andThen((text) => parseStat(text, userland)),
});

/** Answers the digest of one file, through links. What may not be read says so. */
export const fileDigest = defineRead({
  name: 'file.digest',
  title: 'Take the digest of a file',
  description:
    'Answers SHA-256 of the contents of one file, through symbolic links, or that it is missing, no file, or not readable by the login. Shows no contents.',
  on: 'server',
  via: 'command',
  limits: { timeoutMs: 20_000, maxOutputBytes: 4_096 },
  input: z.strictObject({ path: PlainPath }),
  output: Digest,
  action: ({ path }) => script(DIGEST, [path]),
  parse: (outcome) => wholeText(outcome.stdout).andThen(parseDigest),
});

/** Sets the mode of one file or directory, if it is still the one that was observed. Never follows a symbolic link at the path's end; clears the set-id and sticky bits unless the mode names them. */
export const fileChmod = defineChange({
  name: 'file.chmod',
  class: 'write',
  title: "Set a file's mode",
  description:
    'Sets the permission bits of one file or directory to exactly the given mode, if it is still the file that was observed. Never recursive, never through a symbolic link.',
  on: 'server',
  via: 'command',
  needs: ['userland'],
  limits: { timeoutMs: 15_000, maxOutputBytes: 16_384 },
  idempotent: true,
  dryRun: 'exact',
  input: z.strictObject({ path: PlainPath, mode: FileMode, as: RunsAs }),
  output: z.strictObject({ mode: FileMode }),
  // Before `action`, so that TypeScript knows what `before` is.
  observes: { operation: fileStat, input: ({ path, as }) => ({ path, as }), pick: (found) => identityOf(found) },
  action: ({ path, mode, as }, { userland }, before) => {
    if (!before.exists) return unsupported('there is no such file');
    if (before.type === 'symlink') return unsupported('a symbolic link has no mode of its own');
    return script(chmodScript(userland), [path, mode.padStart(4, '0'), observedWords(before, userland)], as);
  },
  parse: (outcome, { mode }) =>
    outcome.stdout.text === 'changed\n'
      ? ok({ mode: mode.padStart(4, '0') })
      : err(unparseable('chmod did not report')),
  verify: {
    operation: fileStat,
    input: ({ path, as }) => ({ path, as }),
    holds: (after, { input, before }) =>
      after.exists &&
      before.exists &&
      after.mode === input.mode.padStart(4, '0') &&
      after.inode === before.inode &&
      after.device === before.device,
    attempts: 1,
    everyMs: 0,
  },
  undo: ({ input, before }): WantedStep | undefined =>
    before.exists ? step(fileChmod, { path: input.path, mode: before.mode, as: input.as }) : undefined,
});

type Observed =
  | { readonly exists: false }
  | {
      readonly exists: true;
      readonly type: FileType;
      readonly mode: string;
      readonly uid: number;
      readonly gid: number;
      readonly device: string;
      readonly inode: string;
    };

function identityOf(found: Stat): Observed {
  if (!found.exists) return { exists: false };
  const { type, mode, uid, gid, device, inode } = found;
  return { exists: true, type, mode, uid, gid, device, inode };
}
