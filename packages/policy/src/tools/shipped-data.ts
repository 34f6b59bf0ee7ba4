/** What the tools hand out: the types of a request and a decision, and the template of a rule. */

import { readFileSync } from 'node:fs';
import { shippedFolder } from '../bundle/shipped-folder.js';

interface ToolData {
  /** JSON Schemas and declarations by file name. */
  readonly types: Readonly<Record<string, string>>;
  /** The template's Rego files by name. */
  readonly rule: Readonly<Record<string, string>>;
}

/** Reads it from the package. Throws when the package is incomplete. */
export const loadToolData = (): ToolData =>
  JSON.parse(readFileSync(new URL('tools.gen.json', shippedFolder()), 'utf8')) as ToolData;

/** JSON Schemas (draft 2020-12) and TypeScript declarations of a request and a decision, by file name. */
export const policyTypes = (): Readonly<Record<string, string>> => loadToolData().types;
