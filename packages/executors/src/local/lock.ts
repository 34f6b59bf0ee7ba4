/** The lock of this machine, the same that whoever reaches it from elsewhere takes. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { CallOptions, ExecutorError, ExecutorLock } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { ENVIRONMENT } from '../_command/environment.js';
import { keepTrying, type Tried } from '../_command/keep-trying.js';
import { HOLD, type LockAnswer, lockAnswer, ownerWord } from '../_command/lock-script.js';

/** Err kinds: `unsupported` where there is no flock(1), `not_started` where somebody else kept it. */
export function takeLock(
  owner: string,
  holdMs: number,
  { timeoutMs, signal }: CallOptions,
): Promise<Result<ExecutorLock, ExecutorError>> {
  const endsAtMs = performance.now() + timeoutMs;
  const word = ownerWord(`${owner}@${hostname()}:${process.pid}`);
  return keepTrying(() => tryOnce(word, holdMs), { remainingMs: () => endsAtMs - performance.now(), signal });
}

const NO_LOCK: ExecutorError = {
  kind: 'unsupported',
  message: 'this machine has no flock(1), or no place for its file',
};

async function tryOnce(owner: string, holdMs: number): Promise<Tried<ExecutorLock>> {
  const mark = randomBytes(16).toString('hex');
  const words = ['-c', HOLD, 'meshclaw', mark, String(Math.ceil(holdMs / 1_000)), 'none', owner];
  const child = spawn('/bin/sh', words, { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin.on('error', () => undefined);
  const timer = setTimeout(() => child.stdin.end(), holdMs).unref();
  const answer = await Promise.race([said(child.stdout, mark), ended]);
  const release = async () => {
    clearTimeout(timer);
    child.stdin.end();
    await ended;
  };
  if (answer?.is === 'held') return ok({ release });
  await release();
  return answer?.is === 'busy' ? ok({ busy: answer.owner }) : err(NO_LOCK);
}

function said(output: NodeJS.ReadableStream, mark: string): Promise<LockAnswer | undefined> {
  let text = '';
  return new Promise((resolve) => {
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const [, words] = new RegExp(`\\n@@${mark} (.*)\\n`).exec(text) ?? [];
      if (words !== undefined) resolve(lockAnswer(words));
    });
  });
}
