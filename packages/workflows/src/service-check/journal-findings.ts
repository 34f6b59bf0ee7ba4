/** What the log of the current run means. What entries say is untrusted, so that findings count and do not quote. */

import type { Finding } from '@meshclaw/core';
import type { Seen } from '../_findings/filling.js';
import type { Journal } from '../operations/log.js';

type Read = Pick<Journal, 'answer' | 'entries' | 'cut' | 'unread'> & {
  readonly readAs: 'root' | 'login';
  readonly unit: string;
};
type Told = Pick<Finding, 'id' | 'severity' | 'title' | 'detail' | 'facts'>;

const GRAVE: readonly (string | null)[] = ['emerg', 'alert', 'crit', 'err'];

/** The findings about the log of one run: errors in it, and that it could not be read or not whole. */
export function journalFindings(read: Read, { target, evidence }: Seen): readonly Finding[] {
  return [unreadable(read), incomplete(read), errors(read)]
    .filter((told) => told !== undefined)
    .map((told) => ({ ...told, target, evidence }));
}

function unreadable({ answer, readAs }: Read): Told | undefined {
  switch (answer) {
    case 'entries':
    case 'no_entries':
      return undefined;
    case 'no_access':
      return {
        id: 'log.no_access',
        severity: 'low',
        title: 'the journal may not be read',
        detail: 'What it logged is unknown. It takes root, or an account in the group systemd-journal or adm.',
        facts: { read_as: readAs },
      };
    case 'no_journal':
      return {
        id: 'log.no_journal',
        severity: 'low',
        title: 'the server keeps no journal',
        detail: 'What it logged is unknown.',
      };
  }
}

const incomplete = ({ unit, cut, unread }: Read): Told | undefined =>
  cut || unread > 0
    ? {
        id: 'log.incomplete',
        severity: 'low',
        title: `not all of the log of ${unit} was read`,
        detail: `${unread} entries could not be read${cut ? ', and older ones were left out because all together are too long' : ''}.`,
        facts: { unread, cut },
      }
    : undefined;

function errors({ unit, entries }: Read): Told | undefined {
  const grave = entries.filter(({ priority }) => GRAVE.includes(priority));
  const newest = grave.at(-1);
  return newest
    ? {
        id: 'service.errors_logged',
        severity: 'low',
        title: `${unit} has logged errors since it was last started`,
        detail: `${grave.length} of the ${entries.length} newest entries are errors or graver.`,
        facts: { count: grave.length, of: entries.length, newest_at: newest.at },
      }
    : undefined;
}
