/** A service that is to run as somebody who is not there. */

import { defineScenario, onHost } from '../scenario.js';

const UNIT = `[Unit]
Description=Exporter of figures, set up by copying
[Service]
User=exporter
ExecStart=/bin/sleep 1000
`;

export const scenario = defineScenario({
  name: 'bad-user',
  brings: 'exporter.service is failed with status 217 (USER): there is no account exporter',
  async play(host) {
    await onHost(
      host,
      `set -e
printf %s '${UNIT}' > /etc/systemd/system/exporter.service
systemctl daemon-reload
systemctl start exporter.service || true
until systemctl is-failed --quiet exporter.service; do sleep 0.05; done`,
    );
  },
});
