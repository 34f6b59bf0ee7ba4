/** Sends a signal to a process group that this executor started; never to anything else. */

import { spawn } from 'node:child_process';
import { ENVIRONMENT } from '../_command/environment.js';

/** Signals every process of the group. Where they run as root and we do not, `sudo -n` sends it, if it may. */
export function signalGroup(pid: number, signal: 'TERM' | 'KILL', action: { readonly as: 'login' | 'root' }): void {
  try {
    process.kill(-pid, `SIG${signal}`);
  } catch (error) {
    const refused = error instanceof Error && 'code' in error && error.code === 'EPERM';
    if (refused && action.as === 'root') signalAsRoot(pid, signal);
  }
}

function signalAsRoot(pid: number, signal: string): void {
  const words = ['-n', '--', 'kill', '-s', signal, '--', `-${pid}`];
  const child = spawn('sudo', words, { env: ENVIRONMENT, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}
