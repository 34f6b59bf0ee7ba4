/** Opens a home's ledger: what every command that only reads or answers needs, without policy or inventory. */

import { type ApprovalDesk, createApprovalDesk, redactingLedger } from '@meshclaw/core';
import type { ExportSummary, LedgerHandle, LedgerOpenError } from '@meshclaw/evidence';
import { err, ok, type Result } from 'neverthrow';
import { detailOf, type HomeError, type OpenError } from './errors.js';
import { createAnchoring } from './home/anchors.js';
import { approverRegistry } from './home/approvers.js';
import { type Home, makeHome } from './home/home.js';
import { type Anchor, loadSettings, type Settings } from './home/settings.js';
import { ownRedactor } from './own-redactor.js';

/** A ledger that was opened here and is closed here, with the desk over it. */
export interface Evidence {
  readonly ledger: LedgerHandle;
  /** Where its heads are kept as well. */
  readonly anchors: readonly Anchor[];
  readonly approvals: ApprovalDesk;
  /** Writes the whole ledger with its signed heads into one new file. The error says why not. */
  exportTo(path: string): Promise<Result<ExportSummary, string>>;
  close(): Promise<void>;
}
/** Opens the home's ledger and the approval desk, without policy or inventory. Err kinds: every `HomeError`, `meshclaw.ledger_unavailable`. */
export async function openEvidenceAt(home: Home): Promise<Result<Evidence, OpenError>> {
  const settings = await openHome(home);
  return settings.isErr() ? err(settings.error) : openLedgerOf(home, settings.value);
}

/** Makes the home when it is missing and reads its settings. Err kinds: every `HomeError`. */
export async function openHome(home: Home): Promise<Result<Settings, HomeError>> {
  const made = await makeHome(home);
  if (made.isErr()) return err(made.error);
  return (await loadSettings(home)).map(({ settings }) => settings);
}

/** Opens the ledger that the settings name. Err kinds: `meshclaw.ledger_unavailable`. */
export async function openLedgerOf(
  home: Home,
  { evidenceFolder, anchors, epoch, notifications }: Settings,
): Promise<Result<Evidence, OpenError>> {
  const { openLedger } = await import('@meshclaw/evidence');
  const anchoring = anchors.length === 0 ? undefined : createAnchoring(anchors, warnOfAnchor);
  const opened = await openLedger({
    folder: evidenceFolder,
    epoch: { maxBytes: epoch.maxMib * 1024 ** 2, maxAgeMs: epoch.maxDays * 24 * 3_600_000 },
    ...(anchoring === undefined ? {} : { onHead: anchoring.onHead }),
  });
  if (opened.isErr()) return err(ledgerError(opened.error));
  const kept = redactingLedger(opened.value, ownRedactor());
  const notifying =
    notifications.length === 0 ? undefined : (await import('./home/notifying.js')).createNotifying(kept, notifications);
  const ledger = notifying?.ledger ?? kept;
  return ok({
    ledger,
    anchors,
    approvals: createApprovalDesk({ ledger, approvers: approverRegistry(home) }),
    exportTo: async (path) =>
      (await ledger.exportTo(path)).mapErr(({ message, cause }) => `${message}: ${detailOf(cause)}`),
    close: async () => {
      await notifying?.flush();
      await ledger.close();
      await anchoring?.flush();
      // A warning is printed in the next turn, and whoever closes may end the process.
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
}

/** Said, but no reason to fail: what was asked is done and on record. */
const warnOfAnchor = (why: string): void => process.emitWarning(ownRedactor()(why), 'MeshClawAnchor');

/** What is wrong with the ledger, each defect in a line, and what its owner can do. */
function ledgerError(error: LedgerOpenError): OpenError {
  const { kind, message, path, remedy, cause } = error;
  const defects = 'defects' in error ? error.defects : [];
  const lines = defects.map((one) => `${one.kind}${one.index === undefined ? '' : ` at ${one.index}`}: ${one.message}`);
  const detail = [`${path}: ${kind}`, ...lines, ...(remedy === '' ? [] : [remedy])].join('\n  ');
  return { kind: 'meshclaw.ledger_unavailable', message, detail, cause };
}
