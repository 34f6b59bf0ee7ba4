/** A service that dies at once, is started again, and is given up by systemd. */

import { defineScenario, onHost } from '../scenario.js';

// Five starts within ten seconds are systemd's own limit (systemd.unit(5), StartLimitBurst).
const UNIT = `[Unit]
Description=Worker that cannot read its configuration
[Service]
ExecStart=/bin/sh -c "echo reading /etc/worker.conf; echo worker: no such file: /etc/worker.conf >&2; exit 3"
Restart=always
RestartSec=100ms
[Install]
WantedBy=multi-user.target
`;

export const scenario = defineScenario({
  name: 'crash-loop',
  brings: 'worker.service is failed after 5 restarts, its last exit status 3; its journal names /etc/worker.conf',
  async play(host) {
    await onHost(
      host,
      `set -e
printf %s '${UNIT}' > /etc/systemd/system/worker.service
systemctl daemon-reload
systemctl start worker.service
until systemctl is-failed --quiet worker.service; do sleep 0.05; done`,
    );
  },
});
