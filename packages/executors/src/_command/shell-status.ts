/** What a shell says of how a command ended. */

/** signal(7) of Linux; the first few have the same numbers everywhere (POSIX, kill(1)). */
const SIGNALS: Readonly<Record<number, string>> = {
  ...{ 1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 6: 'SIGABRT', 9: 'SIGKILL', 14: 'SIGALRM', 15: 'SIGTERM' },
  ...{
    4: 'SIGILL',
    5: 'SIGTRAP',
    7: 'SIGBUS',
    8: 'SIGFPE',
    11: 'SIGSEGV',
    13: 'SIGPIPE',
    24: 'SIGXCPU',
    25: 'SIGXFSZ',
  },
  ...{ 10: 'SIGUSR1', 12: 'SIGUSR2' },
};
/** A shell adds the signal to this (POSIX, 2.8.2). */
const BY_SIGNAL = 128;

/**
 * The end that a status tells. A command that leaves with 128 and the number of a signal looks like one that the signal
 * ended, and is told as that: it is the stricter reading, and what shells themselves do with a command they ran.
 */
export function endOf(status: number): { kind: 'exited'; exitCode: number } | { kind: 'signalled'; signal: string } {
  const signal = SIGNALS[status - BY_SIGNAL];
  return signal === undefined ? { kind: 'exited', exitCode: status } : { kind: 'signalled', signal };
}
