/** Commands on a connection. What ssh2 leaves open is made certain here: what was sent, what was lost. */

import type { Client, ClientChannel } from 'ssh2';

/** What a channel tells; each may be called at any time until `closed`, which comes once and last. */
export interface ChannelListener {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  /** The server's word on how the command ended. */
  exited(exitCode: number | null, signal: string | null): void;
  closed(): void;
}
/** A command that the server has begun. */
export interface Channel {
  /** Gives it its standard input, and its end. */
  feed(stdin: string | undefined): void;
  /** Asks the server to signal it; some servers do nothing. */
  signal(name: 'TERM' | 'KILL'): void;
  close(): void;
}
/** `busy` (no channel to be had), `gone` (the connection had ended) and `refused` mean that certainly nothing was run; `lost` that it may have been. */
export type Opened = { readonly channel: Channel } | { readonly failed: 'busy' | 'gone' | 'refused' | 'lost' };
/** A line on its way. */
export interface Sending {
  readonly opened: Promise<Opened>;
  /** Whether the line may have left this process. */
  sent(): boolean;
  /** Makes sure that a line that has not left yet never does, at the price of the connection. */
  abandon(): void;
}
/** Asks for a channel and runs a line on it by the account's login shell. */
export function runLine(client: Client, isLost: () => boolean, line: string, listener: ChannelListener): Sending {
  let isSent = false;
  let isAbandoned = false;
  const options = {
    // ssh2 reads this when the channel is open, just before the line is sent: the moment from which it may be run.
    get env() {
      // Thrown into ssh2's reader, which ends the connection for it; there is no other way to take the line back.
      if (isAbandoned) throw new Error('abandoned');
      isSent = true;
      return undefined;
    },
  };
  const opened = new Promise<Opened>((resolve) => {
    try {
      client.exec(line, options as object, (error: unknown, channel: ClientChannel) => {
        if (error === undefined || error === null) resolve({ channel: channelOf(channel, listener) });
        else resolve({ failed: whyFailed(error, isSent, isLost()) });
      });
    } catch {
      resolve({ failed: isSent ? 'lost' : 'gone' });
    }
  });
  return {
    opened,
    sent: () => isSent,
    abandon() {
      isAbandoned = true;
    },
  };
}

/** A refusal counts only while the connection stands: ssh2 reports a connection that broke in the same words. */
function whyFailed(error: unknown, isSent: boolean, isLost: boolean): 'busy' | 'gone' | 'refused' | 'lost' {
  if (!isSent) return isLost ? 'gone' : 'busy';
  return !isLost && error instanceof Error && error.message === 'Unable to exec' ? 'refused' : 'lost';
}

function channelOf(channel: ClientChannel, listener: ChannelListener): Channel {
  let open = 2;
  const closed = () => {
    open -= 1;
    if (open === 0) listener.closed();
  };
  channel.on('data', (chunk: Buffer) => listener.stdout(chunk));
  channel.stderr.on('data', (chunk: Buffer) => listener.stderr(chunk));
  channel.on('exit', (code: number | null, signal?: string) => listener.exited(code, signal ?? null));
  for (const stream of [channel, channel.stderr]) {
    stream.on('error', () => undefined);
    stream.once('close', closed);
  }
  return {
    feed(stdin) {
      // `end` would also stop signals from being sent; without input the end alone is told.
      if (stdin === undefined) channel.eof();
      else channel.end(stdin);
    },
    signal: (name) => channel.signal(name),
    close: () => channel.close(),
  };
}
