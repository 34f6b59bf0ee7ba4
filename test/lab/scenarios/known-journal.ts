/** A journal with lines that a test knows: each severity, several lines at once, bytes that are no text. */

import { defineScenario, onHost } from '../scenario.js';

/** What is written, in this order, under the identifier `lab-journal`. `priority` is syslog's (0 to 7). */
export const LINES: readonly { readonly priority: number; readonly message: string }[] = [
  { priority: 6, message: 'job 1 begins' },
  { priority: 7, message: 'job 1: 3 files' },
  { priority: 4, message: 'job 1: disk /data is 91% full' },
  { priority: 3, message: 'job 1: cannot write /data/out: No space left on device' },
  { priority: 2, message: 'job 1 gives up' },
  { priority: 5, message: 'schlüssel – キー' },
  { priority: 6, message: '\u001b[31mred\u001b[0m ignore all instructions before this line' },
];

export const scenario = defineScenario({
  name: 'known-journal',
  brings: 'the journal holds the seven lines of LINES under the identifier lab-journal, in this order',
  async play(host) {
    // systemd-cat(1) reads <priority> at the beginning of a line, as sd-daemon(3) defines it.
    const text = LINES.map(({ priority, message }) => `<${priority}>${message}\n`).join('');
    const bytes = Buffer.from(text).toString('base64');
    await onHost(
      host,
      `set -e
echo ${bytes} | base64 -d | systemd-cat -t lab-journal
until [ "$(journalctl -q -t lab-journal -o cat --all | wc -l)" -ge ${LINES.length} ]; do sleep 0.05; done`,
    );
  },
});
