/** Keeps signed heads elsewhere too: only a head out of the owner's reach shows a ledger that was cut back or written anew. */

import { open, readFile } from 'node:fs/promises';
import { err, ok, type Result } from 'neverthrow';
import { detailOf, type UsageError } from '../errors.js';
import { handTo } from './anchor-command.js';
import { type Anchor, anchorName } from './settings.js';

/** What became of one anchor; `why` where the head did not get there. */
export interface Anchored {
  readonly anchor: string;
  readonly kept: boolean;
  readonly why?: string;
}
/** Sends heads as they are signed, the newest at least once a minute and at the end. */
export interface Anchoring {
  onHead(note: string): void;
  /** Sends the newest head if it was not sent, and waits for what is under way. */
  flush(): Promise<void>;
}

const EVERY_MS = 60_000;

/** Anchoring to those places; `warn` is told of each head that did not get there. */
export function createAnchoring(anchors: readonly Anchor[], warn: (why: string) => void): Anchoring {
  let newest: string | undefined;
  let sending = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  function send(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    sending = sending.then(async () => {
      const note = newest;
      newest = undefined;
      if (note === undefined) return;
      for (const { anchor, why } of await sendHead(anchors, note)) {
        if (why !== undefined) warn(`a signed head was not kept by ${anchor}: ${why}`);
      }
    });
    return sending;
  }

  return {
    onHead: (note) => {
      newest = note;
      timer ??= setTimeout(() => void send(), EVERY_MS).unref();
    },
    flush: send,
  };
}

/** Sends one head to each place. Never throws. */
export function sendHead(anchors: readonly Anchor[], note: string): Promise<readonly Anchored[]> {
  return Promise.all(
    anchors.map(async (anchor) => {
      const sent = 'file' in anchor ? await addToFile(anchor.file, note) : await handTo(anchor.command, note);
      const named = anchorName(anchor);
      return sent.isOk() ? { anchor: named, kept: true } : { anchor: named, kept: false, why: sent.error };
    }),
  );
}

async function addToFile(path: string, note: string): Promise<Result<void, string>> {
  try {
    const file = await open(path, 'a', 0o600);
    try {
      await file.writeFile(`${note}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    return ok(undefined);
  } catch (cause) {
    return err(detailOf(cause));
  }
}

/** The heads in a file that was kept elsewhere, for `verify`; nothing without a file. Err kinds: `meshclaw.unreadable_file`. */
export async function headsIn(path: string | undefined): Promise<Result<{ readonly against?: string }, UsageError>> {
  if (path === undefined) return ok({});
  const refuse = (detail: string) =>
    err({ kind: 'meshclaw.unreadable_file' as const, message: 'this file holds no signed head', detail });
  try {
    const against = await readFile(path, 'utf8');
    return /^\u2014 /m.test(against) ? ok({ against }) : refuse(path);
  } catch (cause) {
    return refuse(detailOf(cause));
  }
}
