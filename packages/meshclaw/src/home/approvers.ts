/** The approvers file, read afresh at every question. */

import { type Approver, type ApproverRegistry, type ApproverRegistryError, parseAllowedSigners } from '@meshclaw/core';
import { err, type Result, ResultAsync } from 'neverthrow';
import type { Home } from './home.js';
import { readSafely } from './safe-file.js';

/** Who may approve, as the home's approvers file says now. No file means nobody; an unsafe or broken one is an error. */
export const approverRegistry = (home: Home): ApproverRegistry => ({
  approvers: () => new ResultAsync(readApprovers(home)),
});

/** Every enrolled approver. Err kinds: `unavailable`. */
export async function readApprovers(home: Home): Promise<Result<readonly Approver[], ApproverRegistryError>> {
  const text = await readSafely(home.approvers);
  if (text.isErr()) return err(unavailable(`${home.approvers}: ${text.error.message}; ${reasonOf(text.error)}`));
  return parseAllowedSigners(text.value ?? '').mapErr(({ line, detail }) =>
    unavailable(`${home.approvers}:${line}:1 ${detail}`),
  );
}

const reasonOf = (error: { readonly remedy?: string; readonly detail?: string } | object): string =>
  'remedy' in error ? String(error.remedy) : 'detail' in error ? String(error.detail) : '';

const unavailable = (detail: string): ApproverRegistryError => ({
  kind: 'unavailable',
  message: 'the approvers file cannot be used, so nobody may approve',
  detail,
});
