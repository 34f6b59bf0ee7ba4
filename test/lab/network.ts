/** A bridge a run, with addresses that exist nowhere else. Nothing is forwarded: hosts reach each other and this machine. */

import { must, run } from './system.js';

/** The addresses of a run: host K is `.K`, this machine `.254`. */
const networkOf = (number: number): string => `198.${18 + Math.floor(number / 256)}.${number % 256}`;

export const addressOf = (number: number, host: number): string => `${networkOf(number)}.${host}`;
export const bridgeOf = (number: number): string => `mclab${number}`;
/** Also the host's own name. Short enough for `vb-` and the name to be an interface's (15 characters). */
export const machineName = (number: number, host: number): string => `lab${number}-${host}`;
/** This machine's end of a host's link, as systemd-nspawn(1) names it. */
export const linkOf = (number: number, host: number): string => `vb-${machineName(number, host)}`;

/** Makes the bridge of a run. */
export async function makeBridge(number: number): Promise<void> {
  const bridge = bridgeOf(number);
  await must('ip', 'link', 'add', bridge, 'type', 'bridge', 'forward_delay', '0');
  await must('ip', 'address', 'add', `${networkOf(number)}.254/24`, 'dev', bridge);
  await must('ip', 'link', 'set', bridge, 'up');
}

/** Takes a host off the network, or back. */
export async function setLink(number: number, host: number, state: 'up' | 'down'): Promise<void> {
  await must('ip', 'link', 'set', linkOf(number, host), state);
}

export const isBridgeTaken = async (bridge: string): Promise<boolean> =>
  (await run(['ip', 'link', 'show', bridge])).code === 0;

/** Bridges of any run. */
export async function bridges(): Promise<readonly string[]> {
  const links = JSON.parse(await must('ip', '-json', 'link', 'show', 'type', 'bridge')) as { ifname?: string }[];
  return links.flatMap(({ ifname }) => (ifname !== undefined && /^mclab\d+$/.test(ifname) ? [ifname] : []));
}
