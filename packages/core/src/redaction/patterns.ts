/** The shapes of secrets that are recognised without knowing their values. */

import { INLINE_RULES } from './inline.js';
import { NAMED_RULES } from './named.js';
import type { SecretRule } from './rule.js';
import { INNER_RULES, TOKEN_RULES } from './tokens.js';

/** Tokens stand before names: what says of itself what it is gets that kind. */
export const SECRET_RULES: readonly SecretRule[] = [...TOKEN_RULES, ...INNER_RULES, ...INLINE_RULES, ...NAMED_RULES];
