/** Policy for the calls of somebody else's agent: with the home's rules and evidence where there is a home, else the shipped policy. */

import type { Subject } from '@meshclaw/core';
import { type Decide, decideWith } from '@meshclaw/policy/adapters';
import { err, ok, type Result } from 'neverthrow';
import type { OpenError } from '../errors.js';
import { checkHome, type Home } from '../home/home.js';
import { wire } from '../wire.js';
import { loadPolicy } from '../wire-policy.js';

/** Hands `use` what decides; the ledger is closed when it answers. Err kinds: every `OpenError`. */
export async function decideCalls<T>(
  home: Home,
  subject: Subject,
  use: (decide: Decide) => Promise<T>,
): Promise<Result<T, OpenError>> {
  const exists = await checkHome(home);
  if (exists.isErr()) return err(exists.error);
  if (!exists.value) {
    const policy = await loadPolicy({});
    if (policy.isErr()) return err(policy.error);
    return ok(await use(decideWith(policy.value, { subject, surface: 'cli' })));
  }
  const wired = await wire(home);
  if (wired.isErr()) return err(wired.error);
  const { mesh, close } = wired.value;
  try {
    return ok(await use(mesh.as({ subject, surface: 'cli' }).decide));
  } finally {
    await close();
  }
}
