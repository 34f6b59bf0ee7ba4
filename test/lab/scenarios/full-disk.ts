/** A file system without a byte left, and one file that holds most of it. */

import { defineScenario, onHost } from '../scenario.js';

/** What fills /data, as a backup that nobody removes does. */
export const LARGEST = '/data/backups/nightly.tar';

export const scenario = defineScenario({
  name: 'full-disk',
  brings: `/data is full to the last block; ${LARGEST} holds most of it`,
  async play(host) {
    // ext4 refuses large writes while blocks for small files are left, so that those are taken as well.
    await onHost(
      host,
      `mkdir -p /data/backups
for size in 1M 4k; do
  dd if=/dev/zero of=${LARGEST} bs=$size oflag=append conv=notrunc status=none 2>/dev/null
done
sync -f /data
[ "$(df --output=avail /data | tail -n 1)" -eq 0 ]`,
    );
  },
});
