/** Says in words what a verification found. */

import type { VerifyReport } from './verify-file.js';

/** More lines than this are counted, not shown. */
const SHOWN_DEFECTS = 50;

/** A report for a person. */
export function textReport(path: string, report: VerifyReport): string {
  const { defects, size, root, heads, key, pinned, afterLastHead, blobsAbsent, source } = report;
  const lines = [
    defects.length === 0 ? `good: ${path}` : `${defects.length} defects: ${path}`,
    `  records  ${size}`,
    `  root     ${root}`,
    `  heads    ${heads}${afterLastHead > 0 ? `, and ${afterLastHead} records after the last one` : ''}`,
    `  key      ${key}${pinned ? ' (given)' : ' (taken from the file: compare it with the one you trust, or give it with --key)'}`,
  ];
  if (blobsAbsent > 0)
    lines.push(`  blobs    ${blobsAbsent} ${source === 'export' ? 'referred to' : 'absent'}, not checked`);
  for (const { kind, index, message } of defects.slice(0, SHOWN_DEFECTS)) {
    lines.push(`  ${kind}${index === undefined ? '' : ` at ${index}`}: ${message}`);
  }
  if (defects.length > SHOWN_DEFECTS) lines.push(`  and ${defects.length - SHOWN_DEFECTS} more`);
  return `${lines.join('\n')}\n`;
}
