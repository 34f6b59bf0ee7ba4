/** The rules of a policy as they are written: texts, place, answers, source. */

import { err, ok, type Result } from 'neverthrow';
import { checkModules, OWNER } from '../../bundle/check-modules.js';
import { type PolicySources, readPolicyInput } from '../../bundle/policy-input.js';
import { fromAnswer, withCompiler } from '../../bundle/rego-compiler.js';
import type { PolicyError } from '../../errors.js';
import { placedIn, placeError } from '../place.js';

/** One rule or guard. */
export interface PolicyRule {
  readonly id: string;
  readonly kind: 'guard' | 'rule';
  /** Whose it is: of the shipped policy, or of the owner. */
  readonly from: 'shipped' | 'owner';
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly message: string;
  readonly remediation: string;
  /** A rule in shadow is only watched. */
  readonly enforcement: 'hard' | 'shadow';
  /** What it can answer. */
  readonly effects: readonly string[];
  /** Parameters it reads. */
  readonly parameters: readonly string[];
  readonly file: string;
  readonly row: number;
  /** The source text. */
  readonly text: string;
}

const PACKAGE = /^(?:data\.)?meshclaw\.(guard|rule)s\./;
const EFFECTS = ['read_state', 'auto_safe', 'approval_required', 'deny'];

/** Every guard and rule, by id. Err kinds: those of reading and checking the sources. */
export async function listRules(sources: PolicySources): Promise<Result<readonly PolicyRule[], PolicyError>> {
  const input = readPolicyInput(sources);
  if (input.isErr()) return err(placeError(input.error, sources.ownerFolder));
  const { modules } = input.value.compile;
  const inspected = await withCompiler(async (rego) => {
    const read = fromAnswer(await rego.inspect({ files: modules }));
    const problem = read.isOk() ? checkModules(read.value) : undefined;
    return problem ? err(problem) : read;
  });
  if (inspected.isErr()) return err(placeError(inspected.error, sources.ownerFolder));
  const { annotations } = inspected.value;
  const place = placedIn(sources.ownerFolder);
  const rules = inspected.value.modules.flatMap(({ file, package: name, rules: parts }): PolicyRule[] => {
    const [, kind] = PACKAGE.exec(name) ?? [];
    const about = annotations.find((one) => one.file === file && one.scope === 'package');
    if (kind === undefined || about === undefined) return [];
    const text = modules.find(({ path }) => path === file)?.text ?? '';
    const named = (key: string) => String(about.custom[key] ?? '');
    return [
      {
        id: named('id'),
        kind: kind as PolicyRule['kind'],
        from: file.startsWith(OWNER) ? 'owner' : 'shipped',
        title: about.title ?? '',
        description: about.description ?? '',
        severity: named('severity'),
        message: named('message'),
        remediation: named('remediation'),
        enforcement: named('enforcement') === 'shadow' ? 'shadow' : 'hard',
        effects: EFFECTS.filter((effect) => parts.some((part) => part.name === effect)),
        parameters: [
          ...new Set([...text.matchAll(/data\.meshclaw\.parameters\.(\w+)/g)].map(([, one = '']) => one)),
        ].sort(),
        file: place(file),
        row: about.row,
        text,
      },
    ];
  });
  return ok(rules.toSorted((a, b) => a.id.localeCompare(b.id) || a.kind.localeCompare(b.kind)));
}
