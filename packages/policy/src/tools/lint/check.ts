/** What a check of the linter is given and what it answers. */

import type { JsonObject } from '@meshclaw/core';
import type { RegoCompiler } from '../../bundle/rego-compiler.js';
import type { Level } from '../report/finding.js';
import type { At, ModuleTree } from './syntax.js';

type Inspection = Extract<Awaited<ReturnType<RegoCompiler['inspect']>>, { readonly ok: true }>['value'];

/** One module under the linter. */
export interface LintedModule {
  readonly file: string;
  /** Without `data.` in front. */
  readonly package: string;
  /** Of the package's line. */
  readonly row: number;
  readonly tree: ModuleTree;
  readonly rules: Inspection['modules'][number]['rules'];
  readonly about: Inspection['annotations'][number] | undefined;
}
/** All that is linted in one run. */
export interface LintContext {
  readonly modules: readonly LintedModule[];
  /** Tests by file. */
  readonly tests: ReadonlyMap<string, { readonly rules: LintedModule['rules'] }>;
  /** Parameters that rules can read, by name. */
  readonly parameters: JsonObject;
  readonly operations: JsonObject;
  /** Packages of the shipped policy. */
  readonly taken: ReadonlySet<string>;
}
/** One thing a check found in a module. */
export interface Complaint {
  readonly at: At;
  readonly message: string;
}
/** A check by name: what it holds rules to, and how it looks. */
export interface LintCheck {
  readonly id: string;
  readonly level: Level;
  /** The demand, as a sentence. */
  readonly description: string;
  find(module: LintedModule, context: LintContext): readonly Complaint[];
}

/** The first place of a file. */
export const TOP: At = { row: 1, col: 1 };

/** The names of sets that are answers. */
export const ANSWERS = ['deny', 'approval_required', 'auto_safe', 'read_state'];

/** `['guards' or 'rules', noun, name]` of a rule's package; undefined for helpers and the combiner. */
export const ruleParts = (name: string): readonly [string, string, string] | undefined => {
  const [, kind, noun, rule] = /^meshclaw\.(guards|rules)\.([a-z_]+)\.([a-z_0-9]+)$/.exec(name) ?? [];
  return kind === undefined || noun === undefined || rule === undefined ? undefined : [kind, noun, rule];
};
