/** A record of the ledger in a few words. Bodies are read as what they may be; a body of another form says nothing. */

import type { RecordType, StoredRecord } from '@meshclaw/core';

type Body = Readonly<Record<string, unknown>>;

/** What a record says, in one line; its type is not repeated. */
export function recordSummary(record: StoredRecord): string {
  const body = (record.body ?? {}) as Body;
  const said = SUMMARIES[record.type]?.(body, record) ?? '';
  return [record.operation, said].filter((part) => part !== undefined && part !== '').join(': ');
}

const SUMMARIES: Partial<Record<RecordType, (body: Body, record: StoredRecord) => string>> = {
  'policy.loaded': (_, { policy }) => text(policy).slice(0, 16),
  'policy.reload_failed': ({ detail }) => text(detail).split('\n', 1).join(''),
  'plan.created': ({ title }, { plan }) => `${text(plan)} ${text(title)}`,
  'decision.made': (body) => `${text(body.effect)} (${[...rules(body)].join(', ')}) ${text(body.mode)}`,
  'approval.requested': ({ expires_at }, { approval }) => `${text(approval)}, open until ${text(expires_at)}`,
  'approval.granted': ({ approver, method }, { approval }) =>
    `${text(approval)} by ${text(approver)} (${text(method)})`,
  'approval.denied': ({ by, reason }, { approval }) => `${text(approval)} by ${text(by)}: ${text(reason)}`,
  'approval.consumed': ({ slot }, { approval }) => `${text(approval)}, step ${Number(slot) + 1}`,
  'approver.added': ({ name, signed_by }) =>
    `${text(name)}, ${signed_by === undefined ? 'the first, unsigned' : `signed by ${text(signed_by)}`}`,
  'execution.intended': ({ action }) => words(action),
  'execution.finished': ({ outcome }) => outcomeText(outcome as Body | undefined),
  'execution.settled': ({ outcome }) => outcomeText(outcome as Body | undefined),
  'observation.recorded': (body) => observationText(body),
  'freeze.set': ({ reason }) => text(reason),
  'freeze.cleared': ({ signed_by }) => `signed by ${text(signed_by)}`,
};

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

function rules({ decision }: Body): readonly string[] {
  const reasons = (decision as { readonly reasons?: unknown } | undefined)?.reasons;
  return Array.isArray(reasons) ? reasons.map((reason: Body) => text(reason.rule)) : [];
}

function words(action: unknown): string {
  const { kind, argv, call } = (action ?? {}) as Body;
  if (kind === 'api') return text(call);
  if (!Array.isArray(argv)) return '';
  // A script is its inputs: its text is constant and in the record.
  const shown =
    argv[0] === 'sh' && argv[1] === '-c' && argv[3] === 'meshclaw' ? ['sh', '-c', '…', ...argv.slice(4)] : argv;
  return shown.map(text).join(' ');
}

function outcomeText(outcome: Body | undefined): string {
  switch (outcome?.kind) {
    case 'exited':
      return `exited ${text(outcome.exit_code)} after ${text(outcome.duration_ms)} ms`;
    case 'signalled':
      return `ended by ${text(outcome.signal)}`;
    case 'answered':
      return `answered ${text(outcome.status)}`;
    case 'unknown':
      return `outcome unknown: ${text(outcome.reason)}`;
    case 'not_sent':
      return `not sent: ${text((outcome.error as Body | undefined)?.message)}`;
    default:
      return '';
  }
}

function observationText({ facts, verification }: Body): string {
  const checked = verification as Body | undefined;
  if (checked)
    return `verification by ${text(checked.by)}: ${checked.holds === true ? 'it holds' : 'it does NOT hold'}`;
  return Array.isArray(facts) ? facts.map((fact: Body) => `${text(fact.name)} ${text(fact.value)}`).join(', ') : '';
}
