/** Changes one value in a YAML (or JSON) text and leaves every other byte, comments too, as it is. */

import { isDeepStrictEqual } from 'node:util';
import { err, ok, type Result } from 'neverthrow';
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import type { Path } from './document.js';

/** The same text with `key` of the map at `path` set to `value`; a new key comes after the first of `after` that is there. The error says why the text cannot be edited. */
export function withValue(
  text: string,
  path: Path,
  { key, value, after }: { readonly key: string; readonly value: string; readonly after: readonly string[] },
): Result<string, string> {
  const document = parseDocument(text, { version: '1.2' });
  const map = document.getIn(path, true);
  if (document.errors.length > 0 || !isMap(map))
    return err('the entry is not written out as keys and values of its own');
  const old = map.items.find((pair) => keyOf(pair) === key);
  const neighbour = after
    .map((name) => map.items.find((pair) => keyOf(pair) === name))
    .find((pair) => pair !== undefined);
  const edited = old ? replaced(text, old, value) : inserted(text, map, neighbour, key, value);
  if (edited === undefined) return err('the entry is written in a form that cannot be edited safely');
  document.setIn([...path, key], value);
  const again = parseDocument(edited, { version: '1.2' });
  return again.errors.length === 0 && isDeepStrictEqual(again.toJS(), document.toJS())
    ? ok(edited)
    : err('the edited text would say something else');
}

const keyOf = ({ key }: Pair): unknown => (isScalar(key) ? key.value : key);

function replaced(text: string, { value: node }: Pair, value: string): string | undefined {
  if (!isScalar(node) || !node.range) return undefined;
  const [from, to] = node.range;
  return `${text.slice(0, from)}${scalarText(value, isQuoted(text, from))}${text.slice(to)}`;
}

function inserted(
  text: string,
  map: YAMLMap,
  neighbour: Pair | undefined,
  key: string,
  value: string,
): string | undefined {
  const node = neighbour?.value;
  const first = map.items[0]?.key;
  if (!isScalar(node) || !node.range || !isScalar(first) || !first.range) return undefined;
  const [, to] = node.range;
  const quoted = isQuoted(text, first.range[0]);
  const pair = `${scalarText(key, quoted)}: ${scalarText(value, quoted)}`;
  if (map.flow) return `${text.slice(0, to)}, ${pair}${text.slice(to)}`;
  const lineStart = text.lastIndexOf('\n', first.range[0] - 1) + 1;
  const newline = text.indexOf('\n', to);
  const lineEnd = newline === -1 ? text.length : text[newline - 1] === '\r' ? newline - 1 : newline;
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  return `${text.slice(0, lineEnd)}${lineBreak}${' '.repeat(first.range[0] - lineStart)}${pair}${text.slice(lineEnd)}`;
}

const isQuoted = (text: string, at: number): boolean => text[at] === '"';

/** Words of letters, digits and base64 need no quotes in YAML; JSON wants them everywhere. */
const scalarText = (value: string, quoted: boolean): string =>
  !quoted && /^[A-Za-z][\w+/=@. -]*$/.test(value) ? value : JSON.stringify(value);
