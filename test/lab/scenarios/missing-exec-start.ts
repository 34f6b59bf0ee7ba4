/** A service whose program is not there. */

import { defineScenario, onHost } from '../scenario.js';

const UNIT = `[Unit]
Description=Reports that nobody reads
[Service]
ExecStart=/opt/reports/bin/reportd --foreground
[Install]
WantedBy=multi-user.target
`;

export const scenario = defineScenario({
  name: 'missing-exec-start',
  brings:
    'reports.service is failed with result exit-code and status 203 (EXEC): /opt/reports/bin/reportd is not there',
  async play(host) {
    await onHost(
      host,
      `set -e
printf %s '${UNIT}' > /etc/systemd/system/reports.service
systemctl daemon-reload
systemctl start reports.service || true
until systemctl is-failed --quiet reports.service; do sleep 0.05; done`,
    );
  },
});
