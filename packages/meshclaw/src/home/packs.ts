/** The policy packs of this installation. */

/** `homelab` is the shipped policy as it is; the owner's rules and parameters (`policies/`) make it stricter. */
export const PACKS = ['homelab'] as const;
export type Pack = (typeof PACKS)[number];
export const DEFAULT_PACK: Pack = 'homelab';
