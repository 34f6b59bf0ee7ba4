/** The packs that come with the policy: parameters for a kind of fleet. By name only, so that asking for the names loads nothing. */

/** `homelab` asks for a person where the base does; `production` demands more; `read-only` allows no change at all. */
export const PACKS = ['homelab', 'production', 'read-only'] as const;
export type Pack = (typeof PACKS)[number];
/** What the shipped bundle is compiled with. */
export const DEFAULT_PACK: Pack = 'homelab';
