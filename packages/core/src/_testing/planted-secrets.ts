/** Made-up secrets in the formats that real ones have, and the texts that carry them. Nothing here was ever valid anywhere. */

/** A secret and one way in which text shows it. */
export interface Planted {
  readonly kind: string;
  readonly secret: string;
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const ALPHANUMERIC = UPPER + LOWER + DIGITS;
const UPPER_DIGITS = `${UPPER}234567`;
const HEX = '0123456789abcdef';
const BASE64 = `${ALPHANUMERIC}+/`;
const URL_SAFE = `${ALPHANUMERIC}_-`;

/** Numbers that are the same in every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Draw = (alphabet: string, length: number) => string;

/** Forty kinds, by the formats that their issuers show. `bare` ones are recognised wherever they stand, the others by what stands before them. */
const KINDS: readonly (readonly [kind: string, bare: boolean, make: (draw: Draw) => string])[] = [
  ['aws key id', true, (draw) => `AKIA${draw(UPPER_DIGITS, 16)}`],
  ['aws secret key', false, (draw) => draw(BASE64, 40)],
  ['aws session token', true, (draw) => `IQoJb3JpZ2luX2Vj${draw(BASE64, 300)}`],
  ['gcp api key', true, (draw) => `AIza${draw(URL_SAFE, 35)}`],
  ['gcp oauth token', true, (draw) => `ya29.${draw(URL_SAFE, 120)}`],
  ['gcp client secret', true, (draw) => `GOCSPX-${draw(URL_SAFE, 28)}`],
  ['azure client secret', true, (draw) => `${draw(ALPHANUMERIC, 3)}8Q~${draw(URL_SAFE, 34)}`],
  ['azure storage key', false, (draw) => `${draw(BASE64, 86)}==`],
  ['github classic', true, (draw) => `ghp_${draw(ALPHANUMERIC, 36)}`],
  ['github fine-grained', true, (draw) => `github_pat_${draw(ALPHANUMERIC, 22)}_${draw(ALPHANUMERIC, 59)}`],
  ['github server', true, (draw) => `ghs_${draw(ALPHANUMERIC, 36)}`],
  ['gitlab personal', true, (draw) => `glpat-${draw(URL_SAFE, 20)}`],
  ['gitlab runner', true, (draw) => `glrt-${draw(URL_SAFE, 20)}`],
  ['slack bot', true, (draw) => `xoxb-${draw(DIGITS, 12)}-${draw(DIGITS, 13)}-${draw(ALPHANUMERIC, 24)}`],
  ['slack app', true, (draw) => `xapp-1-${draw(UPPER, 11)}-${draw(DIGITS, 13)}-${draw(HEX, 64)}`],
  ['stripe live', true, (draw) => `sk_live_${draw(ALPHANUMERIC, 99)}`],
  ['stripe webhook', true, (draw) => `whsec_${draw(ALPHANUMERIC, 32)}`],
  ['openai project', true, (draw) => `sk-proj-${draw(URL_SAFE, 74)}`],
  ['openai classic', true, (draw) => `sk-${draw(ALPHANUMERIC, 47)}7`],
  ['anthropic', true, (draw) => `sk-ant-api03-${draw(URL_SAFE, 93)}AA`],
  ['hetzner', false, (draw) => draw(ALPHANUMERIC, 64)],
  ['digitalocean', true, (draw) => `dop_v1_${draw(HEX, 64)}`],
  ['tailscale', true, (draw) => `tskey-auth-${draw(ALPHANUMERIC, 12)}CNTRL-${draw(ALPHANUMERIC, 32)}`],
  ['npm', true, (draw) => `npm_${draw(ALPHANUMERIC, 36)}`],
  ['pypi', true, (draw) => `pypi-AgEIcHlwaS5vcmc${draw(URL_SAFE, 150)}`],
  ['docker', true, (draw) => `dckr_pat_${draw(URL_SAFE, 27)}`],
  ['jwt', true, (draw) => `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ${draw(URL_SAFE, 80)}.${draw(URL_SAFE, 43)}`],
  ['vault', true, (draw) => `hvs.${draw(URL_SAFE, 92)}7`],
  ['huggingface', true, (draw) => `hf_${draw(ALPHANUMERIC, 33)}7`],
  ['sendgrid', true, (draw) => `SG.${draw(URL_SAFE, 21)}7.${draw(URL_SAFE, 43)}`],
  ['telegram', true, (draw) => `${draw('123456789', 10)}:AA${draw(URL_SAFE, 33)}`],
  ['twilio', false, (draw) => draw(HEX, 32)],
  ['grafana', true, (draw) => `glsa_${draw(ALPHANUMERIC, 32)}_${draw(HEX, 8)}`],
  ['shopify', true, (draw) => `shpat_${draw(HEX, 32)}`],
  ['age', true, (draw) => `AGE-SECRET-KEY-1${draw('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`],
  ['crypt hash', true, (draw) => `$6$${draw(ALPHANUMERIC, 16)}$${draw(`${ALPHANUMERIC}./`, 86)}`],
  ['wireguard', false, (draw) => `${draw(BASE64, 43)}=`],
  ['rubygems', true, (draw) => `rubygems_${draw(HEX, 47)}7`],
  ['password', false, (draw) => `${draw(ALPHANUMERIC, 9)}!${draw(ALPHANUMERIC, 6)}7`],
  ['passphrase', false, (draw) => `${draw(LOWER, 6)}-${draw(LOWER, 7)}-${draw(LOWER, 5)}-${draw(LOWER, 8)}`],
];

/** One secret of each of the forty kinds; other seeds make others. `bare` ones need no name before them. */
export function plantedSecrets(seed: number): readonly (Planted & { readonly bare: boolean })[] {
  const next = numbers(seed);
  const draw: Draw = (alphabet, length) =>
    Array.from({ length }, () => alphabet[Math.floor(next() * alphabet.length)]).join('');
  return KINDS.map(([kind, bare, make]) => ({ kind, bare, secret: make(draw) }));
}

/** Ways in which text shows a secret that a name gives away. */
export const NAMED_SHAPES: Readonly<Record<string, (secret: string) => string>> = {
  env: (secret) => `DEBUG=1\nDB_PASSWORD=${secret}\nPORT=80\n`,
  'quoted env': (secret) => `APP_SECRET="${secret}"\n`,
  'shell export': (secret) => `export API_TOKEN='${secret}' && ./start`,
  json: (secret) => `{"user":"app","password":${JSON.stringify(secret)},"port":5432}`,
  'json in json': (secret) => JSON.stringify({ log: JSON.stringify({ client_secret: secret, n: 1 }) }),
  yaml: (secret) => `database:\n  host: db1\n  password: ${secret}\n  port: 5432\n`,
  'yaml block': (secret) => `apiVersion: v1\nsecret_key: |\n  ${secret}\nkind: x\n`,
  toml: (secret) => `[db]\nprivate_key = "${secret}"\n`,
  'header bearer': (secret) => `> Authorization: Bearer ${secret}\r\n> Accept: */*\r\n`,
  'header key': (secret) => `curl -H 'X-Api-Key: ${secret}' https://api.example.com/v1`,
  'flag equals': (secret) => `/usr/bin/app --password=${secret} --port 80`,
  'flag blank': (secret) => `ExecStart=/usr/bin/app --api-key ${secret} --verbose`,
  'kubernetes env': (secret) =>
    `{"env":[{"name":"DB_PASSWORD","value":${JSON.stringify(secret)}},{"name":"A","value":"b"}]}`,
  xml: (secret) => `<server><password>${secret}</password><port>80</port></server>`,
  query: (secret) => `GET /login?user=dana&access_token=${encodeURIComponent(secret)}&x=1 HTTP/1.1`,
  'database url': (secret) => `postgres://app:${encodeURIComponent(secret)}@db1:5432/app`,
  'basic url': (secret) => `cloning https://dana:${encodeURIComponent(secret)}@git.example.com/x.git`,
  'connection string': (secret) => `Server=db1;Database=x;User Id=sa;Password=${secret};Encrypt=True`,
  netrc: (secret) => `machine api.example.com login dana password ${secret}\n`,
  'systemd environment': (secret) => `Environment="DB_PASSWORD=${secret}" "PORT=80"`,
  'curl user': (secret) => `curl -u dana:${secret} https://example.com`,
  sql: (secret) => `ALTER USER app WITH PASSWORD '${secret}';`,
  'python repr': (secret) => `{'user': 'app', 'passwd': '${secret}', 'n': 1}`,
  'journal line': (secret) => `Nov 25 10:00:00 web1 app[312]: connecting with password=${secret} to db1`,
};

/** Ways in which text shows a secret that says by itself what it is. */
export const BARE_SHAPES: Readonly<Record<string, (secret: string) => string>> = {
  alone: (secret) => secret,
  'in prose': (secret) => `the token ${secret} was refused by the server`,
  'in brackets': (secret) => `created (${secret}), done`,
  'json array': (secret) => JSON.stringify(['a', secret, 'b']),
  'journal json': (secret) => JSON.stringify({ MESSAGE: `got ${secret} from vault`, PRIORITY: '6', _PID: '12' }),
  'last of a line': (secret) => `saved as ${secret}\nnext line`,
};
