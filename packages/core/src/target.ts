/** What is reached, how, and the facts of it that shape an action. */

import type { JsonObject } from './json.js';

export type TargetKind = 'server' | 'provider' | 'controller';

/** Facts that shape the bytes of an action. */
export interface Platform {
  readonly os: 'linux' | 'darwin' | 'freebsd';
  readonly init: 'systemd' | 'openrc' | 'launchd' | 'none';
  readonly packages: 'apt' | 'apk' | 'dnf' | 'pacman' | 'opkg' | 'none';
  readonly userland: 'gnu' | 'busybox' | 'bsd';
}
export type PlatformFact = keyof Platform;

/** One way to reach a target. `settings` is parsed by the executor's own schema. */
export interface Reach {
  readonly executor: string;
  readonly settings: JsonObject;
}
/** An inventory entry as the engine sees it. `reach` is in order of preference; `properties` go into policy requests as they are (snake_case). */
export interface Target {
  readonly id: string;
  readonly kind: TargetKind;
  readonly reach: readonly Reach[];
  readonly platform: Partial<Platform>;
  readonly properties: JsonObject;
}
