/** Secrets that are known by what stands around them: passwords in URLs, bearers, arguments of well-known programs. */

import { bare, characters, isIn, matches, quoted, runOf } from './region.js';
import type { Found, SecretRule } from './rule.js';

const MOST_OF_URL = 512;
const URL_ENDS = characters(/[\s"'`<>\\,]/);
const BEARER = characters(/[\w.~+/=%-]/);

/** RFC 3986 userinfo. Passwords are not always escaped as they should be, so a slash or an @ in them is taken as theirs. */
const urlPassword: SecretRule = {
  kind: 'url-password',
  literals: ['://'],
  look: (text, place) => {
    const host = place + 3;
    const limit = Math.min(text.length, host + MOST_OF_URL);
    let colon = -1;
    let at = -1;
    for (let end = host; end < limit && !isIn(URL_ENDS, text, end); end += 1) {
      const character = text[end];
      if (character === ':' && colon === -1) colon = end;
      else if (character === '@') at = end;
      else if (character === '/' && text[end + 1] === '/') break;
      else if (character === '/' && (colon === -1 || at !== -1 || /^\d{0,5}$/.test(text.slice(colon + 1, end)))) break;
      else if ((character === '?' || character === '#') && (colon === -1 || at !== -1)) break;
    }
    if (at === -1) return undefined;
    if (colon === -1 || colon > at) return tokenUser(text, host, at);
    if (at === colon + 1 || isNoPassword(text.slice(colon + 1, at))) return undefined;
    return { kind: 'url-password', start: colon + 1, reach: { end: at } };
  },
};

const isNoPassword = (value: string): boolean =>
  /^(?:\[redacted:[a-z-]{1,40}\]|\$\{.*\}|\$[A-Z_]+|<[\w -]*>|\*+)$/.test(value) || value.includes('://');

/** `https://<key>@host`: a user who is long, with letters and digits, is a key. */
function tokenUser(text: string, host: number, at: number): Found | undefined {
  const user = text.slice(host, at);
  const random = user.length >= 20 && /^\w+$/.test(user) && /\d/.test(user) && /[a-z]/i.test(user);
  return random ? { kind: 'url-password', start: host, reach: { end: at } } : undefined;
}

const BEARER_BEGINS = /[ \t]{1,4}/y;

/** RFC 6750 and RFC 7617, also outside of a header. */
const bearer: SecretRule = {
  kind: 'bearer',
  literals: ['bearer', 'basic', 'token'],
  look: (text, place, literal) => {
    const after = place + literal.length;
    if (/\w/.test(text[place - 1] ?? '') || !matches(BEARER_BEGINS, text, after)) return undefined;
    const start = BEARER_BEGINS.lastIndex;
    let end = start;
    while (end - start < 64 && isIn(BEARER, text, end)) end += 1;
    const value = text.slice(start, end);
    const word = literal === 'bearer' ? !/[\d=]|[a-z][A-Z]/.test(value) : !/\d/.test(value) || !/[A-Za-z]/.test(value);
    if (value.length < 16 || word || value.startsWith('/')) return undefined;
    return { kind: 'bearer', start, reach: { region: runOf(BEARER) } };
  },
};

/** How far from its name an argument of a program may stand. */
const MOST_OF_LINE = 400;
const S = `[\\s"',]{1,4}`;

/** What stands before the secret among the arguments of each program, from its manual page. */
const PROGRAMS: readonly (readonly [programs: readonly string[], before: RegExp])[] = [
  [['curl'], new RegExp(`${S}(?:-u|-U|--user|--proxy-user)(?:${S}|=)?["']?[^\\s:"']{1,128}:(?=\\S)`)],
  [['mysql', 'mysqldump', 'mysqladmin', 'mariadb'], new RegExp(`${S}-p(?=[^\\s-])["']?`)],
  [['sshpass'], new RegExp(`${S}-p[\\s"',]{0,4}(?=\\S)`)],
  [['redis-cli'], new RegExp(`${S}(?:-a|--pass)${S}(?=\\S)`)],
  [['ldapsearch', 'ldapadd', 'ldapmodify', 'ldapwhoami'], new RegExp(`${S}-w${S}(?=\\S)`)],
  [
    ['docker login', 'podman login', 'helm registry login', 'mongo', 'mongosh', 'mongodump'],
    new RegExp(`${S}-p${S}(?=\\S)`),
  ],
  [['smbclient', 'rpcclient'], new RegExp(`${S}-U${S}[^\\s%]{1,128}%(?=\\S)`)],
  [['htpasswd'], new RegExp(`${S}-\\w{0,8}b\\w{0,8}${S}\\S{1,128}\\s\\S{1,64}\\s(?=\\S)`)],
  [['openssl'], /[\s:]pass:(?=\S)/],
];

const programRules: readonly SecretRule[] = PROGRAMS.map(([programs, before]) => ({
  kind: 'argument',
  literals: programs,
  look: (text, place) => {
    if (/[\w-]/.test(text[place - 1] ?? '')) return undefined;
    const line = /^[^\n]*/.exec(text.slice(place, place + MOST_OF_LINE))?.[0] ?? '';
    const shown = before.exec(line);
    if (shown === null) return undefined;
    const start = place + shown.index + shown[0].length;
    const sign = text[start - 1] ?? '';
    if (/^(?:\$|\[redacted:[a-z-]{1,40}\](?:$|[\s"']))/.test(text.slice(start, start + 64))) return undefined;
    const isQuoted = (sign === '"' || sign === "'") && /\s|-p/.test(text.slice(start - 3, start - 1));
    return { kind: 'argument', start, reach: { region: isQuoted ? quoted(sign, 0) : bare } };
  },
}));

export const INLINE_RULES: readonly SecretRule[] = [urlPassword, bearer, ...programRules];
