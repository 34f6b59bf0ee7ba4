/** Which row of "what holds against whom" (SECURITY.md) a home is in, as far as this machine tells. */

import { stat } from 'node:fs/promises';
import type { Home } from './home.js';

export type AgainstWhom = 'other_user' | 'same_user' | 'unknown';

/** `other_user`: the home belongs to an OS user who is nobody's login here, and root fixed it. Everything else counts as `same_user`: an agent with a shell may be the owner. */
export async function againstWhom({ folder, system }: Home): Promise<AgainstWhom> {
  if (system?.home !== folder) return 'same_user';
  try {
    const { uid, mode } = await stat(folder);
    return uid !== 0 && (mode & 0o077) === 0 ? 'other_user' : 'same_user';
  } catch {
    return 'unknown';
  }
}

/** The row in words. */
export const AGAINST_WHOM: Readonly<Record<AgainstWhom, string>> = {
  other_user: 'an asker with a shell as another OS user: all of it',
  same_user:
    'an asker with a shell as this OS user: what goes through MeshClaw is recorded, and touched keys cannot be forged; it can go round MeshClaw (see SECURITY.md; "meshclaw init --system" gives MeshClaw a user of its own)',
  unknown: 'it cannot be told: the home is not there or may not be looked at',
};
