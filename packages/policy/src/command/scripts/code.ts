/** Code of other languages: never read as harmless, only looked at for what makes it worse than visible code. */

import type { Marker } from '../marks.js';

// Ways to make code or text of something that cannot be read (Python, Perl, Ruby, PHP, JavaScript, Lua).
const HIDDEN =
  /base64|b64decode|b32decode|a85decode|fromhex|unhexlify|\bhex2bin|\bpack\s*\(|\bunpack|decode\s*\(|atob\s*\(|Buffer\.from|fromCharCode|\bchr\s*\(|codecs|zlib|gzip|marshal|str_rot13|gzinflate|string\.char|(?:\\x[0-9a-fA-F]{2}){3}|(?:\\[0-7]{3}){3}|(?:\\u[0-9a-fA-F]{4}){3}/i;
// Ways to talk to another machine.
const NETWORK =
  /\bsocket\b|require\s*\(\s*['"](?:node:)?(?:net|tls|dgram|https?)['"]|IO::Socket|TCPSocket|TCPServer|fsockopen|stream_socket|net\.connect|net\.Socket|createConnection|\/inet\/|urllib|urlopen|requests\.|http\.client|httplib|LWP::|Net::HTTP|open-uri|XMLHttpRequest|\bfetch\s*\(|https?:\/\/|ftp:\/\/|\/dev\/(?:tcp|udp)\//i;

/** What a text of code is seen to do. */
export function scanCode(
  text: string,
  marker: Marker,
): { readonly hidden: boolean; readonly network: boolean; readonly secret: string | undefined } {
  return { hidden: HIDDEN.test(text), network: NETWORK.test(text), secret: marker.secretIn(text) };
}
