/** SARIF 2.1.0, the format that code hosts show findings from. Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", sections 3.13 to 3.30. */

import type { JsonObject } from '@meshclaw/core';
import type { PolicyFinding } from './finding.js';

/** A check that can find something, for the tool's part of the log. */
export interface SarifRule {
  readonly id: string;
  readonly description: string;
}

/** A whole log of one run. File names that are absolute stay so; others are relative to where the tool ran. */
export function sarifLog(version: string, rules: readonly SarifRule[], findings: readonly PolicyFinding[]): JsonObject {
  const named = [...new Set([...rules.map(({ id }) => id), ...findings.map(({ rule }) => rule)])];
  const described = named.map((id) => {
    const text = rules.find((rule) => rule.id === id)?.description;
    return { id, ...(text === undefined ? {} : { shortDescription: { text } }) };
  });
  const driver = {
    name: 'meshclaw',
    version,
    informationUri: 'https://www.npmjs.com/package/meshclaw',
    rules: described,
  };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'unicodeCodePoints', results: findings.map((one) => resultOf(one, named)) }],
  };
}

const resultOf = (
  { rule, level, message, file, row, column }: PolicyFinding,
  named: readonly string[],
): JsonObject => ({
  ruleId: rule,
  ruleIndex: named.indexOf(rule),
  level,
  message: { text: message },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: uriOf(file) },
        region: { startLine: row, startColumn: column },
      },
    },
  ],
});

/** Each step of the path encoded, so that a `#` or a space stays part of the name. */
function uriOf(file: string): string {
  const encoded = file.split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? `file://${encoded}` : encoded;
}
