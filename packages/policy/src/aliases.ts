/** Other names for operations and classes, accepted at the edge and nowhere else. */

import type { Mode } from '@meshclaw/core';

const OPERATIONS: Readonly<Record<string, string>> = {
  run_command: 'command.run',
  restart_service: 'service.restart',
};
/** Questions about a whole class; nothing can be performed under these names. */
const CLASSES: Readonly<Record<string, string>> = {
  read_state: 'class.read',
  delete_data: 'class.destructive',
  reveal_secret: 'class.secret',
  provision_server: 'class.spend',
};

/** The name that policy knows for a name that somebody typed; other names are answered as they are. */
export function resolveAlias(name: string, mode: Mode): string {
  const classes = mode === 'check' ? CLASSES : {};
  if (Object.hasOwn(OPERATIONS, name)) return OPERATIONS[name] ?? name;
  return Object.hasOwn(classes, name) ? (classes[name] ?? name) : name;
}
