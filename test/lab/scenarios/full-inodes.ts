/** A file system with room left and not one inode. */

import { defineScenario, onHost } from '../scenario.js';

export const scenario = defineScenario({
  name: 'full-inodes',
  brings: '/data has room and no inode left: /data/sessions holds some 16,000 empty files',
  async play(host) {
    await onHost(
      host,
      `mkdir -p /data/sessions && cd /data/sessions
seq 1 20000 | xargs touch 2>/dev/null
[ "$(df --output=iavail /data | tail -n 1)" -eq 0 ]`,
    );
  },
});
