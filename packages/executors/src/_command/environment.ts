/** All that a command sees of its surroundings, on whatever machine it runs: nothing is inherited. */

/** A constant search path and the C locale; `HOME` of the account is added where it is known. */
export const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
} as const;
