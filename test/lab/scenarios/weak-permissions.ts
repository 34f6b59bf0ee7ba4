/** Files that others may read or change and should not. */

import { defineScenario, onHost } from '../scenario.js';

/** What anybody may do with each, as a mode of four digits. */
export const WEAK = {
  '/data/app/settings.ini': '0666',
  '/data/app/backup.sql': '0644',
  '/data/app/hooks': '0777',
} as const;

export const scenario = defineScenario({
  name: 'weak-permissions',
  brings: `anybody may read or change ${Object.keys(WEAK).join(', ')}`,
  async play(host) {
    const [settings, backup, hooks] = Object.keys(WEAK);
    const modes = Object.entries(WEAK).map(([path, mode]) => `chmod ${mode} ${path}`);
    await onHost(
      host,
      `set -e
mkdir -p ${hooks}
echo 'workers = 4' > ${settings}
echo 'CREATE TABLE people (id int);' > ${backup}
${modes.join('\n')}`,
    );
  },
});
