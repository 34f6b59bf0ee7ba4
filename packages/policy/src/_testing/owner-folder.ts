/** An owner's folder for tests, with a rule that is as it should be. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DecisionRequest } from '@meshclaw/core';

export interface OwnerFolder {
  readonly folder: string;
  put(path: string, content: string | Uint8Array, mode?: number): string;
  remove(): void;
}

/** A folder that only this account may write to. */
export function createOwnerFolder(): OwnerFolder {
  const folder = mkdtempSync(join(tmpdir(), 'meshclaw-owner-'));
  return {
    folder,
    put: (path, content, mode = 0o600) => {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, content, { mode });
      chmodSync(file, mode);
      return file;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A rule `any.<name>` with METADATA and the given body. */
export const ruleText = (name: string, body: string, noun = 'any'): string => `# METADATA
# title: ${name}
# description: A rule of a test.
# custom:
#   id: ${noun}.${name}
#   severity: low
#   message: a message
#   remediation: a remedy
#   enforcement: hard
package meshclaw.rules.${noun}.${name}

import data.meshclaw.lib.reason

${body}
`;

/** Denies what a CI job asks. */
export const NO_CI = ruleText(
  'no_ci',
  'deny contains r if {\n\tnot person\n\tr := reason.because(rego.metadata.chain(), [["subject", "type"]])\n}\n\nperson if input.subject.type != "ci"',
);

type Part = Partial<DecisionRequest['context']> & {
  readonly properties?: DecisionRequest['action']['properties'];
  readonly about?: DecisionRequest['resource']['properties'];
  readonly subject?: DecisionRequest['subject'];
  readonly argv?: readonly string[];
};

/** A request for an operation. */
export function ask(name: string, of: DecisionRequest['action']['class'], part: Part = {}): DecisionRequest {
  const { properties = {}, about = {}, subject = { type: 'agent', id: 'codex' }, argv, ...context } = part;
  return {
    requestId: 'req-1',
    subject,
    action: { name, class: of, properties, ...(argv ? { argv } : {}) },
    resource: { type: 'server', id: 'web1', properties: about, facts: {} },
    context: {
      now: '2026-01-01T00:00:00.000Z',
      mode: 'execute',
      surface: 'cli',
      freeze: false,
      exposed: false,
      recent: { [name]: 0 },
      ...context,
    },
  };
}
