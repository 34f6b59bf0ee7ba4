/** A command that was asked for and approved, for tests of what happens then. */

import type { KeyFiles } from './approver-key.js';
import type { TestCli } from './cli.js';

/** Enrols the key as approver, asks for the command, approves it; answers the plan. */
export async function approvedPlan(cli: TestCli, key: KeyFiles, ...words: string[]): Promise<string> {
  await succeed(cli, 'approvers', 'add', key.approver.name, key.publicFile);
  const asked = await cli.run(['run', 'localhost', '--json', '--', ...words]);
  if (asked.code !== 4) throw new Error(`asking ended with ${asked.code}: ${asked.stderr}`);
  const { id, plan } = JSON.parse(asked.stdout).error.facts.approval;
  await succeed(cli, 'approvals', 'grant', id, '--key', key.privateFile);
  return plan;
}

async function succeed(cli: TestCli, ...words: string[]): Promise<void> {
  const { code, stderr } = await cli.run(words);
  if (code !== 0) throw new Error(`meshclaw ${words.join(' ')} ended with ${code}: ${stderr}`);
}

/** The records of one type, newest first. */
export async function recordsOf(cli: TestCli, type: string): Promise<readonly { body: Record<string, unknown> }[]> {
  const { stdout } = await cli.run(['evidence', 'list', '--type', type, '--json']);
  return JSON.parse(stdout).records;
}
