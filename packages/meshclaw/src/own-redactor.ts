/** The redactor of this process: shapes of secrets, and the values that its own environment holds. */

import { createRedactor } from '@meshclaw/core';

/** Names of variables that hold a secret. */
const SECRET_NAME =
  /(?:PASS|PASSWD|PASSWORD|PASSPHRASE|PWD|SECRET|TOKEN|CREDENTIALS?|KEY|AUTH|COOKIE|JWT|DSN)(?:_[A-Z0-9]{1,3})?$/i;
const SHORTEST = 8;

/** The values of an environment that a program might print without their names. Words and paths are none: masking them everywhere would hide ordinary text. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value = '']) => {
    const telling = SECRET_NAME.test(name) && value.length >= SHORTEST && !/^(?:[a-z]+|[A-Z]+|\d+|\/.*)$/.test(value);
    return telling ? [value] : [];
  });
}

let own: ((text: string) => string) | undefined;

/** Made once; the environment does not change. */
export function ownRedactor(): (text: string) => string {
  own ??= createRedactor({ known: secretsOf(process.env) });
  return own;
}
