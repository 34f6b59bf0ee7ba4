/** Ids that people type. */

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id: prefix and 60 random bits in Crockford's base 32, short enough to type. */
export function newId(prefix: 'run' | 'exec' | 'plan' | 'appr' | 'req'): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `${prefix}-${[...bytes].map((byte) => ALPHABET[byte & 31]).join('')}`;
}
