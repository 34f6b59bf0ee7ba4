/** From an inventory entry to where it leads, by what the entry says or by the ssh configuration that it names. */

import type { ExecutorError } from '@meshclaw/core';
import { ok, type Result } from 'neverthrow';
import { configured } from './configured.js';
import { type Destination, hopsOf, plain } from './destination.js';
import type { SshSettings } from './settings.js';

/**
 * What the settings say, and where they name an ssh configuration, what that says about the rest.
 * Err kinds: `invalid_settings` (the configuration cannot be used as it is).
 */
export async function destinationOf(settings: SshSettings): Promise<Result<Destination, ExecutorError>> {
  if (settings.ssh_config !== undefined) return configured(settings, settings.ssh_config);
  return ok({ ...plain(settings), jump: hopsOf(settings).map((hop) => ({ ...plain(hop), jump: [] })) });
}
