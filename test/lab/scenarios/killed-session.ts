/** Every session of an account ends at once, without a word to its client. */

import { defineScenario, onHost } from '../scenario.js';

export const scenario = defineScenario({
  name: 'killed-session',
  brings: 'no sshd serves deploy any more; what deploy had begun runs on',
  async play(host) {
    // sshd names a session's process after its account. The one with root's rights goes first, so that it tells nothing.
    await onHost(
      host,
      `for what in '^sshd: deploy \\[priv\\]' '^sshd: deploy'; do pkill -KILL -f "$what"; done
! pgrep -f '^sshd: deploy'`,
    );
  },
});
