/** A service that computes for ever and does nothing. */

import { defineScenario, onHost } from '../scenario.js';

// Nice, so that the machine of the lab stays usable: what is left of a processor it takes all the same.
const UNIT = `[Unit]
Description=Thumbnails of a file that has no end
[Service]
Nice=19
ExecStart=/bin/sh -c "while :; do :; done"
`;

export const scenario = defineScenario({
  name: 'runaway-process',
  brings: 'thumbnails.service is active, and its only process computes without an end',
  async play(host) {
    await onHost(
      host,
      `set -e
printf %s '${UNIT}' > /etc/systemd/system/thumbnails.service
systemctl daemon-reload
systemctl start thumbnails.service
systemctl is-active --quiet thumbnails.service`,
    );
  },
});
