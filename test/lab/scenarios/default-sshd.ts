/** An sshd that lets in as many at a time as one does that nobody has set up. */

import { defineScenario, onHost } from '../scenario.js';

/** sshd_config(5): from ten connections that have not logged in on, 30 % of new ones are dropped; from a hundred on all. */
export const LIMITS = {
  MaxStartups: '10:30:100',
  MaxSessions: '10',
  LoginGraceTime: '120',
  MaxAuthTries: '6',
} as const;

export const scenario = defineScenario({
  name: 'default-sshd',
  brings: `sshd has the limits of its manual: ${Object.entries(LIMITS).flat().join(' ')}`,
  async play(host) {
    const lines = Object.entries(LIMITS).map(([name, value]) => `${name} ${value}\\n`);
    await onHost(
      host,
      `set -e
printf '${lines.join('')}' > /etc/ssh/sshd_config.d/limits.conf
sshd -t
systemctl reload ssh`,
    );
  },
});
