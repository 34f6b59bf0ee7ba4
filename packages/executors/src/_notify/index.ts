/** Tells somebody outside of MeshClaw something short: by one HTTP POST, or by the standard input of a command. It brings nothing back but whether it got there. */

import { spawn } from 'node:child_process';
import { err, ok, type Result } from 'neverthrow';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

/** Posts it once. Redirects are not followed: they would hand it to somebody else. The error says why not, without the address: that may be a secret. Never rejects. */
export async function postText({ url, headers, body, timeoutMs }: Post): Promise<Result<void, string>> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal });
    await answer.body?.cancel().catch(() => undefined);
    return answer.ok ? ok(undefined) : err(`it answered ${answer.status}`);
  } catch (cause) {
    return err(whyNot(cause));
  }
}

/** Starts the command without a shell, gives it the text, and waits until it ends or its time is over. The error says why it did not end well. Never rejects. */
export function handText(
  [program, ...words]: readonly [string, ...string[]],
  text: string,
  timeoutMs: number,
): Promise<Result<void, string>> {
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    child.on('error', (cause) => resolve(err(codeOf(cause) ?? 'it could not be started')));
    // Not `close`: what the command leaves behind may hold the streams open.
    child.on('exit', (code, signal) => {
      const how = signal === null ? `it ended with ${code}` : `it was ended by ${signal}`;
      resolve(code === 0 ? ok(undefined) : err(how));
    });
    child.stdin.on('error', () => {}); // a command that does not read says so by its exit code
    child.stdin.end(text);
  });
}

function whyNot(cause: unknown): string {
  if (cause instanceof DOMException && cause.name === 'TimeoutError') return 'it did not answer in time';
  const inner = cause instanceof Error ? cause.cause : undefined;
  return codeOf(inner) ?? codeOf(cause) ?? 'it could not be reached, or redirects';
}

const codeOf = (cause: unknown): string | undefined =>
  typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : undefined;
