/** What a command is given: who asks, where the home is, how to print, and parts that are opened only when used. */

import type { Subject } from '@meshclaw/core';
import type { Result } from 'neverthrow';
import type { OpenError } from '../errors.js';
import type { Home } from '../home/home.js';
import { surroundings, whoAsks } from '../home/who-asks.js';
import type { MeshClawHandle } from '../open.js';
import type { Printer } from '../output/printer.js';
import type { Evidence } from '../wire-evidence.js';

export interface CommandContext {
  readonly home: Home;
  readonly subject: Subject;
  readonly terminal: boolean;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  readonly printer: Printer;
  /** Everything wired, opened once. */
  open(): Promise<Result<MeshClawHandle, OpenError>>;
  /** Ledger and approval desk alone, opened once. */
  openEvidence(): Promise<Result<Evidence, OpenError>>;
  /** Closes whatever was opened. */
  close(): Promise<void>;
}

/** The context of this process. */
export function createContext(printer: Printer, signal: AbortSignal, home: Home): CommandContext {
  const around = surroundings();
  let whole: Promise<Result<MeshClawHandle, OpenError>> | undefined;
  let evidence: Promise<Result<Evidence, OpenError>> | undefined;
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(result: Result<T, OpenError>): Result<T, OpenError> => {
    if (result.isOk()) opened.push(result.value);
    return result;
  };
  return {
    home,
    subject: whoAsks(around),
    terminal: around.terminal,
    signal,
    printer,
    open: () => {
      whole ??= import('../open.js').then(async ({ openAt }) => keep(await openAt(home)));
      return whole;
    },
    openEvidence: () => {
      evidence ??= import('../wire-evidence.js').then(async ({ openEvidenceAt }) => keep(await openEvidenceAt(home)));
      return evidence;
    },
    close: async () => {
      for (const part of opened) await part.close();
    },
  };
}
