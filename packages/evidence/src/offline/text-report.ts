/** Says in words what a verification found. */

import type { ProofReport } from './check-proof.js';
import type { VerifyReport } from './verify-file.js';

/** More lines than this are counted, not shown. */
const SHOWN_DEFECTS = 50;

/** A report for a person. */
export function textReport(path: string, report: VerifyReport): string {
  const { defects, size, root, heads, key, pinned, afterLastHead, blobsAbsent, source, absent, unchecked } = report;
  const lines = [
    defects.length === 0 ? `good: ${path}` : `${defects.length} defects: ${path}`,
    `  records  ${size}`,
    `  root     ${root}`,
    `  heads    ${heads}${afterLastHead > 0 ? `, and ${afterLastHead} records after the last one` : ''}`,
    `  key      ${key}${pinned ? ' (given)' : ' (taken from the file: compare it with the one you trust, or give it with --key)'}`,
  ];
  for (const { from, to, before } of absent)
    lines.push(`  absent   records ${from} to ${to - 1}, in epochs before epoch ${before}: not checked`);
  if (unchecked > 0) lines.push(`  elsewhere  ${unchecked} heads kept elsewhere lie in absent epochs: not checked`);
  if (blobsAbsent > 0)
    lines.push(`  blobs    ${blobsAbsent} ${source === 'export' ? 'referred to' : 'absent'}, not checked`);
  for (const { kind, index, message } of defects.slice(0, SHOWN_DEFECTS)) {
    lines.push(`  ${kind}${index === undefined ? '' : ` at ${index}`}: ${message}`);
  }
  if (defects.length > SHOWN_DEFECTS) lines.push(`  and ${defects.length - SHOWN_DEFECTS} more`);
  return `${lines.join('\n')}\n`;
}

/** What a proof proves, for a person. */
export function proofText(path: string, report: ProofReport): string {
  switch (report.proves) {
    case 'nothing':
      return `proves nothing: ${path}: ${report.message}\n`;
    case 'consistency':
      return `good: ${path}\n  the head of ${report.size} records continues the head of ${report.from}\n`;
    case 'inclusion':
      return `good: ${path}\n  this is record ${report.index} of ${report.size}:\n${JSON.stringify(report.record, null, 2)}\n`;
  }
}
