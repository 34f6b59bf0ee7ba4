/** Secrets where they should not be: in a file, in a log. All of them are made up when they are planted. */

import { randomBytes } from 'node:crypto';
import { defineScenario, onHost } from '../scenario.js';

// Made at random, so that no scanner finds one in this repository and no test can pass by knowing it.
const upper = (count: number) => [...randomBytes(count)].map((byte) => 'ABCDEFGHJKLMNPQR'[byte % 16]).join('');
const word = () => randomBytes(12).toString('hex');

/** What is planted, by what it is. Each value is anew in every process. */
export const SECRETS = {
  awsKeyId: `AKIA${upper(16)}`,
  databasePassword: word(),
  apiToken: `ghp_${word()}${word()}`,
  loggedPassword: word(),
} as const;

/** The file that holds the first three. */
export const FILE = '/data/shop/app.conf';

const LINES = `region = eu-1
access = ${SECRETS.awsKeyId}
database = postgres://shop:${SECRETS.databasePassword}@db/shop
token = ${SECRETS.apiToken}
`;

export const scenario = defineScenario({
  name: 'planted-secrets',
  brings: `${FILE} holds a key id, a database password and a token; the journal holds a password under shop-login`,
  async play(host) {
    const bytes = Buffer.from(LINES).toString('base64');
    await onHost(
      host,
      `set -e
mkdir -p /data/shop
echo ${bytes} | base64 -d > ${FILE}
echo 'login of shop with password=${SECRETS.loggedPassword} failed' | systemd-cat -t shop-login
until [ "$(journalctl -q -t shop-login -o cat | wc -l)" -ge 1 ]; do sleep 0.05; done`,
    );
  },
});
