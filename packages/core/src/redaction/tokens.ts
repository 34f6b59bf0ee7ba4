/** Tokens that say by their first characters what they are, as their issuers' documentation shows them (read November 2026). */

import { characters, isIn, runOf, WORD } from './region.js';
import type { Found, SecretRule } from './rule.js';

const ALPHANUMERIC = characters(/[A-Za-z0-9]/);
const URL_SAFE = characters(/[\w-]/);
const DOTTED = characters(/[\w.-]/);
const BASE64 = characters(/[A-Za-z0-9+/=]/);
const SLACK = characters(/[\w.%/+=-]/);
const HASH = characters(/[\w./$=,+*-]/);

interface Shape {
  readonly kind: string;
  readonly starts: readonly string[];
  readonly of: Uint8Array;
  /** So many characters have to follow. */
  readonly least: number;
  /** Words of a language are no token: there has to be a digit among what follows. */
  readonly digit?: true;
}

const list = (text: string): readonly string[] => text.split(' ');

/** The shapes, and for each where its issuer describes it. */
const SHAPES: readonly Shape[] = [
  // docs.github.com, "About authentication to GitHub"
  { kind: 'github-token', starts: list('ghp_ gho_ ghu_ ghs_ ghr_ github_pat_'), of: WORD, least: 20 },
  // docs.gitlab.com, "Token overview"
  {
    kind: 'gitlab-token',
    starts: list('glpat- gloas- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- glwt- glsoat- glffct-'),
    of: DOTTED,
    least: 20,
  },
  // api.slack.com, "Token types"
  {
    kind: 'slack-token',
    starts: list('xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xoxe. xoxo- xoxc- xoxd- xapp- xwfp-'),
    of: SLACK,
    least: 10,
  },
  {
    kind: 'webhook',
    starts: list('hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/'),
    of: characters(/[\w/-]/),
    least: 20,
  },
  {
    kind: 'webhook',
    starts: list('discord.com/api/webhooks/ discordapp.com/api/webhooks/'),
    of: characters(/[\w/-]/),
    least: 20,
  },
  // docs.aws.amazon.com, "IAM identifiers": unique id prefixes
  { kind: 'aws-key-id', starts: list('AKIA ASIA ABIA ACCA'), of: characters(/[A-Z0-9]/), least: 16 },
  { kind: 'aws-session-token', starts: list('IQoJb3JpZ2lu FwoGZXIvYXdz FQoGZXIvYXdz'), of: BASE64, least: 40 },
  // cloud.google.com, "API keys", "OAuth 2.0"
  { kind: 'google-key', starts: ['AIza'], of: URL_SAFE, least: 35 },
  { kind: 'google-token', starts: ['ya29.'], of: DOTTED, least: 20 },
  { kind: 'google-token', starts: ['GOCSPX-'], of: URL_SAFE, least: 20 },
  { kind: 'google-token', starts: ['1//0'], of: URL_SAFE, least: 30, digit: true },
  // docs.stripe.com, "API keys"
  {
    kind: 'stripe-key',
    starts: list('sk_live_ sk_test_ rk_live_ rk_test_ sk_org_ whsec_'),
    of: characters(/[\w+/=]/),
    least: 16,
  },
  // platform.openai.com, docs.anthropic.com and those who took the form over
  { kind: 'api-key', starts: list('sk-ant- sk-proj- sk-svcacct- sk-admin- sk-or-v1-'), of: URL_SAFE, least: 20 },
  { kind: 'api-key', starts: ['sk-'], of: URL_SAFE, least: 20, digit: true },
  {
    kind: 'api-key',
    starts: list(
      'hf_ gsk_ r8_ nvapi- pplx- xai- tgp_v1_ lin_api_ lin_oauth_ ntn_ phx_ sbp_ sb_secret_ pscale_tkn_ pscale_pw_ figd_ nfp_ fio-u- rdme_ tfp_ pnu_ pul-',
    ),
    of: URL_SAFE,
    least: 20,
    digit: true,
  },
  // docs.digitalocean.com, "Personal access tokens"; tailscale.com/kb, "Key prefixes"
  { kind: 'digitalocean-token', starts: list('dop_v1_ doo_v1_ dor_v1_'), of: WORD, least: 32 },
  {
    kind: 'tailscale-key',
    starts: list('tskey-auth- tskey-api- tskey-client- tskey-scim- tskey-webhook- tskey-'),
    of: URL_SAFE,
    least: 10,
  },
  // docs.npmjs.com, pypi.org/help, docs.docker.com, guides.rubygems.org, crates.io
  { kind: 'npm-token', starts: ['npm_'], of: ALPHANUMERIC, least: 36 },
  { kind: 'pypi-token', starts: ['pypi-'], of: URL_SAFE, least: 50 },
  { kind: 'docker-token', starts: list('dckr_pat_ dckr_oat_'), of: URL_SAFE, least: 20 },
  { kind: 'registry-token', starts: list('rubygems_ cio CLOJARS_'), of: ALPHANUMERIC, least: 32, digit: true },
  // developer.hashicorp.com/vault, "Tokens"
  { kind: 'vault-token', starts: list('hvs. hvb. hvr.'), of: URL_SAFE, least: 20 },
  {
    kind: 'service-token',
    starts: list(
      'dp.pt. dp.st. dp.ct. dt0c01. dt0s01. SG. ops_eyJ FlyV1 fm2_ fo1_ glsa_ glc_ NRAK- sntrys_ sntryu_ PMAK- ATATT3 ATCTT3 ATBB CCIPAT_ CFPAT- HRKU- bkua_ sha256~ sq0atp- sq0csp- shpat_ shpss_ shpca_ shppa_ key- dapi EAAA AKCp dnkey- oy2 v1.0-',
    ),
    of: DOTTED,
    least: 28,
    digit: true,
  },
  // age-encryption.org
  { kind: 'age-key', starts: ['AGE-SECRET-KEY-1'], of: ALPHANUMERIC, least: 40 },
  // RFC 7519, RFC 7515: base64url of `{"` and of `{ "`
  { kind: 'jwt', starts: list('eyJ eyAi ewog ewoJ'), of: DOTTED, least: 20 },
  // crypt(5)
  {
    kind: 'password-hash',
    starts: list('$1$ $2a$ $2b$ $2y$ $5$ $6$ $7$ $y$ $gy$ $argon2i$ $argon2id$ $scrypt$ $apr1$ $pbkdf2-sha512$'),
    of: HASH,
    least: 20,
  },
];

/** One rule a shape. */
export const TOKEN_RULES: readonly SecretRule[] = SHAPES.map((shape) => ({
  kind: shape.kind,
  literals: shape.starts,
  look: (text, place, literal) => lookFor(shape, text, place, literal),
}));

function lookFor({ kind, of, least, digit }: Shape, text: string, place: number, literal: string): Found | undefined {
  if (!text.startsWith(literal, place) || isInside(text, place, literal)) return undefined;
  const after = place + literal.length;
  let end = after;
  while (end - after < least && isIn(of, text, end)) end += 1;
  if (end - after < least) return undefined;
  // Key types of OpenSSH with a security key: sk-ssh-ed25519@openssh.com, sk-ecdsa-sha2-nistp256@openssh.com.
  if (literal === 'sk-' && /^(?:ssh|ecdsa)-/.test(text.slice(after, after + 6))) return undefined;
  if (digit === true && !/\d/.test(text.slice(after, end))) return undefined;
  if (kind === 'jwt' && (/[-_]/.test(text[place - 1] ?? '') || !hasDot(text, after))) return undefined;
  return { kind, start: place, reach: { region: runOf(of), from: end } };
}

/** A token that begins with a letter does not begin in the middle of a word, nor of what looks like more of its own. `\n` in front of it is a line's end. */
function isInside(text: string, place: number, literal: string): boolean {
  const before = text[place - 1];
  if (before === undefined || !/\w/.test(literal[0] ?? '')) return false;
  if (/[nrt]/.test(before) && text[place - 2] === '\\') return false;
  return /[A-Za-z0-9]/.test(before) || (before === '_' && literal.length < 4);
}

const LONGEST_HEADER = 2_048;

/** Three parts with dots between; only the first has to be seen. */
function hasDot(text: string, from: number): boolean {
  let place = from;
  while (place - from < LONGEST_HEADER && isIn(URL_SAFE, text, place)) place += 1;
  return text[place] === '.' && isIn(DOTTED, text, place + 1);
}

const TELEGRAM = /AA[\w-]{32,40}/y;
const AZURE = /[\w~.-]{31,40}/y;

/** Tokens that are known by something in their middle. */
export const INNER_RULES: readonly SecretRule[] = [
  {
    // core.telegram.org/bots: the bot's number, a colon, 35 characters
    kind: 'telegram-token',
    literals: [':AA'],
    look: (text, place) => {
      const number = /(?<!\w)(?:bot)?\d{7,12}$/.exec(text.slice(Math.max(0, place - 20), place))?.[0];
      TELEGRAM.lastIndex = place + 1;
      if (number === undefined || !TELEGRAM.test(text)) return undefined;
      return { kind: 'telegram-token', start: place - number.length, reach: { region: runOf(characters(/[\w:-]/)) } };
    },
  },
  {
    // learn.microsoft.com, client secrets of Entra ID: three characters, a digit, "Q~", 31 to 34 characters
    kind: 'azure-secret',
    literals: ['7Q~', '8Q~', '9Q~'],
    look: (text, place) => {
      AZURE.lastIndex = place + 3;
      if (!/[\w~.]{3}$/.test(text.slice(Math.max(0, place - 3), place)) || !AZURE.test(text)) return undefined;
      return { kind: 'azure-secret', start: place - 3, reach: { region: runOf(characters(/[\w~.-]/)) } };
    },
  },
];
