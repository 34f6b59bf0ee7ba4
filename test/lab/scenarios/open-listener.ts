/** Something listens on all addresses that was meant for the host alone. */

import { defineScenario, onHost } from '../scenario.js';

/** Where it listens. */
export const PORT = 6379;

const SOCKET = `[Unit]
Description=Cache that was meant for this host alone
[Socket]
ListenStream=0.0.0.0:${PORT}
Accept=yes
`;
const SERVICE = `[Service]
ExecStart=/bin/echo hello
StandardOutput=socket
`;

export const scenario = defineScenario({
  name: 'open-listener',
  brings: `cache.socket listens on 0.0.0.0:${PORT} and says "hello" to everybody`,
  async play(host) {
    await onHost(
      host,
      `set -e
printf %s '${SOCKET}' > /etc/systemd/system/cache.socket
printf %s '${SERVICE}' > /etc/systemd/system/cache@.service
systemctl daemon-reload
systemctl start cache.socket`,
    );
  },
});
