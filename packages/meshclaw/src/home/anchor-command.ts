/** Hands a signed head, and nothing else, to the command that the owner of the home named for it. */

import { spawn } from 'node:child_process';
import { err, ok, type Result } from 'neverthrow';
import { detailOf } from '../errors.js';

/** A command that takes longer must not keep MeshClaw from ending. */
const COMMAND_MS = 10_000;

/** Runs the command, without a shell, with the head on its standard input. The error says why it did not end well. Never throws. */
export function handTo(
  [program, ...words]: readonly [string, ...string[]],
  note: string,
): Promise<Result<void, string>> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ['pipe', 'ignore', 'ignore'], timeout: COMMAND_MS });
    child.on('error', (cause) => resolve(err(detailOf(cause))));
    child.on('close', (code, signal) => {
      resolve(
        code === 0 ? ok(undefined) : err(signal === null ? `it ended with ${code}` : `it was ended by ${signal}`),
      );
    });
    child.stdin.on('error', () => {}); // a command that does not read says so by its exit code
    child.stdin.end(note);
  });
}
