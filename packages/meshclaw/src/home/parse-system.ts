/** The text of the system's file as checked values. */

import { isAbsolute } from 'node:path';
import { PACKS } from '@meshclaw/policy/packs';
import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import type { HomeError } from '../errors.js';
import { invalidConfiguration, parseSource } from './document.js';
import { anchorSchema } from './settings.js';
import type { SystemSettings } from './system.js';

const path = z.string().refine(isAbsolute, 'must be an absolute path');
const schema = z.strictObject({
  home: path.optional(),
  approvers: path.optional(),
  policy: z.strictObject({ pack: z.enum(PACKS).optional() }).optional(),
  evidence: z.strictObject({ folder: path.optional(), anchors: z.array(anchorSchema).max(8).optional() }).optional(),
});

/** Every key known and of its type, or nothing of it. Err kinds: `meshclaw.invalid_configuration`. */
export function parseSystem(file: string, text: string): Result<SystemSettings, HomeError> {
  const source = parseSource(file, text);
  if (source.isErr()) return err(source.error);
  const parsed = schema.safeParse(source.value.value, { reportInput: true });
  if (!parsed.success) return err(invalidConfiguration(source.value.problems(parsed.error, schema)));
  const { home, approvers, policy, evidence } = parsed.data;
  return ok({
    file,
    ...(home === undefined ? {} : { home }),
    ...(approvers === undefined ? {} : { approvers }),
    ...(policy?.pack === undefined ? {} : { policyPack: policy.pack }),
    ...(evidence?.folder === undefined ? {} : { evidenceFolder: evidence.folder }),
    anchors: evidence?.anchors ?? [],
  });
}
