/** What the actions of the Go edition are here: operations, reads of some nouns, or whole classes. */

/** What a rule is about. `null` is everything. */
export type Scope =
  | { readonly kind: 'operations'; readonly names: readonly string[] }
  | { readonly kind: 'reads'; readonly nouns: readonly string[] | null }
  | { readonly kind: 'classes'; readonly classes: readonly string[] }
  | { readonly kind: 'everything' };

const operations = (...names: string[]): Scope => ({ kind: 'operations', names });
const reads = (...nouns: string[]): Scope => ({ kind: 'reads', nouns });
const classes = (...names: string[]): Scope => ({ kind: 'classes', classes: names });

/** Each was a step of the Go edition; policy here judges the operations that it is made of. */
const ACTIONS: Readonly<Record<string, Scope>> = {
  '': { kind: 'everything' },
  read_state: { kind: 'reads', nouns: null },
  fleet_status: reads('host'),
  monitor_check: reads('disk', 'host', 'service'),
  fleet_scan: reads('disk', 'host', 'service'),
  doctor: reads('disk', 'host', 'log', 'service'),
  read_only_diagnosis: reads('disk', 'host', 'log', 'service'),
  process_top: reads('process'),
  read_logs: reads('log'),
  analyze_logs: reads('log'),
  disk_investigate: reads('disk'),
  data_clean_plan: reads('disk'),
  service_check: reads('service'),
  service_audit: reads('service'),
  service_triage: reads('service'),
  fleet_service_audit: reads('service'),
  security_check: reads('network', 'package', 'user'),
  hygiene_scan_host: reads('file'),
  hygiene_plan: reads('file'),
  run_command: operations('command.run'),
  fleet_exec: operations('command.run'),
  restart_service: operations('service.restart'),
  service_quarantine: operations('service.disable', 'service.stop'),
  service_remove: operations('service.remove-unit'),
  container_restart: operations('container.restart'),
  deprovision_server: operations('server.destroy'),
  provision_server: classes('spend'),
  delete_data: classes('destructive'),
  data_clean_apply: classes('destructive'),
  reveal_secret: classes('secret'),
  guard_vault_use: classes('secret'),
  provider_token_use: classes('secret'),
};
const NAME = /^[a-z]+\.[a-z_]+$/;

/** What an action is here; undefined for one that nothing here does. */
export function scopeOf(action: string): Scope | undefined {
  if (Object.hasOwn(ACTIONS, action)) return ACTIONS[action];
  return NAME.test(action) ? operations(action.replaceAll('_', '-')) : undefined;
}

/** The noun whose operations are the only ones meant, or `any`. */
export function nounOf(scope: Scope): string {
  const nouns =
    scope.kind === 'operations'
      ? scope.names.map((name) => name.split('.')[0] ?? 'any')
      : scope.kind === 'reads'
        ? (scope.nouns ?? ['any'])
        : ['any'];
  const [only = 'any', ...more] = new Set(nouns);
  return more.length === 0 ? only : 'any';
}
