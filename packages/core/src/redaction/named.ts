/** Values that a name in front of them gives away: assignments, headers, command-line flags, fields of JSON, YAML and XML. */

import { backslashesAt, bare, endOf, matches, quoted, type Region, restOfLine } from './region.js';
import type { Found, SecretRule } from './rule.js';

/** What a name says: `strong` names hold nothing but secrets, for `weak` ones the value has to look like one, `rest` ones take their whole line. */
type Weight = 'strong' | 'weak' | 'rest';

const NAMES: Readonly<Record<Weight, readonly string[]>> = {
  strong: [
    ...['password', 'passwd', 'passphrase', 'passcode', 'secret', 'credential', 'credentials', 'bindpw', 'rootpw'],
    ...['api_key', 'api-key', 'apikey', 'access_key', 'access-key', 'accesskey', 'private_key', 'private-key'],
    ...['privatekey', 'account_key', 'accountkey', 'encryption_key', 'encryption-key', 'encryptionkey', 'signing_key'],
    ...['signing-key', 'signingkey', 'master_key', 'masterkey', 'license_key', 'licensekey', 'auth_key', 'auth-key'],
    ...['authkey', 'shared_key', 'sharedkey', 'presharedkey', 'preshared-key', 'psk', 'session_key', 'app_key'],
    ...['auth_token', 'access_token', 'refresh_token', 'requirepass', 'masterauth', 'identified by', 'deploy_key'],
  ],
  weak: ['token', 'pwd', 'pass', 'jwt', 'sessionid', 'session_id', 'sig', 'signature', '_auth', 'webhook_url'],
  rest: ['authorization', 'cookie'],
};

const NAME_END = /(?:[_.-]?(?:access[_-]?key|key|base|value|text|hash|data|string|plain|raw|\d{1,3})){0,3}/iy;
const QUOTE = /\\{0,7}["'`]/y;
const ASSIGNED = /[ \t]{0,8}(?::=|=>|[=:])[ \t]{0,8}(?:[|>][+-]?[ \t]{0,8}\r?\n[ \t]{1,40})?/y;
const BLANK = /[ \t]{1,8}/y;
/** A name in a field of its own: `"name":"DB_PASSWORD","value":"…"`, and the same in YAML. */
const VALUE_FIELD = /\\{0,7}["']?\s{0,8},\s{0,8}\\{0,7}["']?value\\{0,7}["']?\s{0,8}[=:]\s{0,8}/iy;
const VALUE_LINE = /["']?[ \t]{0,8}\r?\n[ \t]{0,40}["']?value["']?:[ \t]{0,8}/iy;
const TAG = />\s{0,8}(?=[^\s<])/y;
const ARGUMENT = /\\{0,7}["'],\s{0,8}(?=\\{0,7}["'])/y;

/** One rule for all names. */
export const NAMED_RULES: readonly SecretRule[] = (['strong', 'weak', 'rest'] as const).map((weight) => ({
  kind: weight === 'rest' ? 'authorization' : 'assigned-secret',
  literals: NAMES[weight],
  look: (text, place, literal) => look(weight, text, place, place + literal.length),
}));

function look(weight: Weight, text: string, place: number, literalEnd: number): Found | undefined {
  const first = nameStart(text, place);
  const blank = text.slice(literalEnd - 3, literalEnd).toLowerCase() === ' by';
  if (weight === 'weak' && /[A-Za-z]/.test(text[place - 1] ?? '') && !isCamel(text, place)) return undefined;
  const nameEnd = endOf(NAME_END, text, literalEnd);
  // sudoers(5): tags of a command.
  if (/^(?:NO)?PASSWD:/.test(text.slice(first, nameEnd + 1))) return undefined;
  const at = valueAt(text, first, nameEnd, blank || isSpaced(text, first, literalEnd));
  if (at === undefined) return undefined;
  const { start, jsonName } = at;
  if (weight === 'rest') return restFound(text, first, start, jsonName);
  const opened = openedAt(text, first, start, jsonName);
  return opened && worth(weight, text, opened, text.slice(nameEnd, start).includes('=')) ? found(opened) : undefined;
}

/** The first character of the word that a name is the end of. */
function nameStart(text: string, place: number): number {
  let first = place;
  while (place - first < 48 && /[\w.-]/.test(text[first - 1] ?? '')) first -= 1;
  // In `\nPASSWORD` the n belongs to the line's end.
  return text[first - 1] === '\\' && /[nrt]/.test(text[first] ?? '') && first < place ? first + 1 : first;
}

const isCamel = (text: string, place: number): boolean =>
  /[A-Z]/.test(text[place] ?? '') && /[a-z]/.test(text[place - 1] ?? '');

/** A flag that takes a value; one that says no (`--no-ask-password`) takes none. */
const isFlag = (text: string, first: number): boolean => text[first] === '-' && !text.startsWith('--no-', first);

/** Where a name may be followed by a blank and its value: flags, `.netrc`, some configuration files and SQL. */
function isSpaced(text: string, first: number, literalEnd: number): boolean {
  if (isFlag(text, first)) return true;
  const name = text.slice(first, literalEnd).toLowerCase();
  if (name === 'requirepass' || name === 'masterauth') return true;
  const before = text.slice(Math.max(0, first - 64), first);
  return (
    name === 'password' &&
    (/\blogin[ \t]+\S+\s+$/.test(before) || /^[ \t]+'/.test(text.slice(literalEnd, literalEnd + 9)))
  );
}

interface ValueAt {
  readonly start: number;
  /** How many backslashes stand before the quotes of a quoted name, or -1. */
  readonly jsonName: number;
}

function valueAt(text: string, first: number, nameEnd: number, spaced: boolean): ValueAt | undefined {
  const afterQuote = endOf(QUOTE, text, nameEnd);
  const behind = afterQuote === -1 ? nameEnd : afterQuote;
  const jsonName = afterQuote === -1 ? -1 : backslashesAt(text, nameEnd);
  const assigned = endOf(ASSIGNED, text, behind);
  if (assigned !== -1) return { start: assigned, jsonName };
  for (const field of [VALUE_FIELD, VALUE_LINE]) {
    const start = endOf(field, text, nameEnd);
    if (start !== -1) return { start, jsonName };
  }
  const argument = isFlag(text, first) ? endOf(ARGUMENT, text, nameEnd) : -1;
  if (argument !== -1) return { start: argument, jsonName: -1 };
  const blank = spaced ? endOf(BLANK, text, nameEnd) : -1;
  if (blank !== -1) return text[blank] === '-' && text[first] === '-' ? undefined : { start: blank, jsonName: -1 };
  const tag = /[<"]/.test(text[first - 1] ?? '') ? endOf(TAG, text, behind) : -1;
  return tag === -1 ? undefined : { start: tag, jsonName: -1 };
}

interface Opened {
  /** The value's first character, behind its quote. */
  readonly start: number;
  readonly region: Region;
  readonly quote?: { readonly sign: string; readonly level: number };
  /** A number in JSON: its mask needs quotes. */
  readonly number?: { readonly end: number; readonly quote: string };
}

const NUMBER = /-?\d{1,30}(?:\.\d{1,30})?(?=[\s,}\]])/y;

function openedAt(text: string, first: number, start: number, jsonName: number): Opened | undefined {
  const end = endOf(QUOTE, text, start);
  if (end !== -1) {
    const quote = { sign: text[end - 1] ?? '', level: backslashesAt(text, start) };
    return { start: end, region: quoted(quote.sign, quote.level), quote };
  }
  const numberEnd = jsonName === -1 ? -1 : endOf(NUMBER, text, start);
  if (numberEnd !== -1) {
    const quote = `${'\\'.repeat(jsonName)}"`;
    return { start, region: bare, number: { end: numberEnd, quote } };
  }
  // "NAME=the value": the quote before the name ends the value.
  const sign = text[first - 1] ?? '';
  if (jsonName === -1 && /["'`]/.test(sign)) {
    const level = backslashesBefore(text, first - 1);
    return { start, region: quoted(sign, level), quote: { sign, level } };
  }
  return { start, region: bare };
}

function backslashesBefore(text: string, place: number): number {
  let count = 0;
  while (count < 7 && text[place - 1 - count] === '\\') count += 1;
  return count;
}

function found({ start, region, number }: Opened): Found {
  const kind = 'assigned-secret';
  if (number) return { kind, start, reach: { end: number.end }, quote: number.quote };
  return { kind, start, reach: { region } };
}

const LONGEST_SEEN = 128;
/** What stands where a value would and is none: a reference, a placeholder, a word of a message. */
const NO_VALUE =
  /^(?:\$[({A-Za-z_].*|\{\{.*|%[sdv]|<[\w -]*>?|[*x•.…-]+|secret:\/\/.*|vault:\/\/.*|op:\/\/.*|\/(?:run|etc|var|home|usr|opt|tmp|root|mnt|dev|srv|proc|bin|sbin|lib|boot|sys)\/.*|(?:null|none|nil|true|false|undefined|yes|no|required|optional|disabled|enabled|changed|unchanged|updated|expired|incorrect|invalid|missing|empty|unset|password|authentication|failed|failure|error|must|cannot|should|amd64|arm64|i386|armhf|any|string|str|object|function|process\.env.*|os\.environ.*|env\..*|signature|presence)[.,:;!?)}\]]*)$/i;
const MASKED = /^\[redacted:[a-z-]{1,40}\]?$/;

/** The beginning of the value, as far as a decision needs it. */
function beginning(text: string, { start, region }: Opened): string {
  const limit = Math.min(text.length, start + LONGEST_SEEN);
  const place = region(text, start, limit);
  return text.slice(start, place < 0 ? -1 - place : Math.min(place, limit));
}

function worth(weight: Weight, text: string, opened: Opened, equals: boolean): boolean {
  const value = beginning(text, opened);
  if (value === '' || text.startsWith('-----BEGIN ', opened.start)) return false;
  if (NO_VALUE.test(value) || MASKED.test(value)) return false;
  // "base-passwd: dependency problems": the name of a program and of a package, too.
  if (
    /passwd: $/.test(text.slice(opened.start - 8, opened.start)) &&
    /^[a-z]+ [a-z]/.test(text.slice(opened.start, opened.start + 40))
  )
    return false;
  if (weight === 'strong') return value.length >= (opened.quote ? 1 : 4);
  return (
    looksRandom(value) ||
    (equals && opened.quote !== undefined && /^[^\s/]{16,}$/.test(value)) ||
    (equals && isShortPass(text, opened.start, value))
  );
}

/** `DB_PASS=hunter2`: such names are also parts of words, so an equals sign has to follow at once. */
const isShortPass = (text: string, start: number, value: string): boolean =>
  value.length >= 4 &&
  !value.startsWith('/') &&
  /(?:pass|pwd|_auth)["']?[ \t]{0,2}=[ \t]{0,2}["']?$/i.test(text.slice(Math.max(0, start - 14), start));

/** Long, and of letters and digits: no word of a language, no number. */
function looksRandom(value: string): boolean {
  const word = /^[\w.~+/=:%!@#$^*-]*/.exec(value)?.[0] ?? '';
  if (word.length < 8 || /^(?:\/[\w.-]+)+\/?$/.test(value)) return false;
  return /\d/.test(word) && /[A-Za-z]/.test(word) && !/^\d[\d.:TZ-]*[a-z]{0,3}$/.test(word);
}

const SCHEME = /(?:Bearer|Basic|Token|Negotiate|NTLM|ApiKey|Key|AWS|DPoP|GNAP|SSWS|Bot|Splunk|OAuth)[ \t]{1,4}/iy;
const PARAMETERS = /(?:Digest|AWS4-HMAC-SHA256|Signature|Hawk|GoogleLogin|SharedKey|MAC)[ \t]{1,4}/iy;

/** A header's value: the scheme stays, all else goes. */
function restFound(text: string, first: number, start: number, jsonName: number): Found | undefined {
  const opened = openedAt(text, first, start, jsonName);
  if (opened === undefined) return undefined;
  const scheme = endOf(SCHEME, text, opened.start);
  const value = scheme === -1 ? opened.start : scheme;
  const seen = beginning(text, { ...opened, start: value });
  if (seen.length < 8 || NO_VALUE.test(seen) || MASKED.test(seen)) return undefined;
  if (scheme === -1 && !/\d|=|[A-Z].*[a-z]|[a-z].*[A-Z]/.test(seen)) return undefined;
  const region = opened.quote ? opened.region : wholeLine(text, first, value);
  return { kind: scheme === -1 ? 'authorization' : 'bearer', start: value, reach: { region } };
}

/** Cookies and signatures have blanks in them. */
function wholeLine(text: string, first: number, value: number): Region {
  if (/cookie/i.test(text.slice(first, first + 10))) return restOfLine(true);
  return matches(PARAMETERS, text, value) ? restOfLine(false) : bare;
}
