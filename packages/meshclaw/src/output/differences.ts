/** Where two JSON values differ. */

type Place = readonly [path: string, expected: unknown, found: unknown];

/** The innermost places that differ, at most twenty, as lines. */
export function differenceLines(expected: unknown, found: unknown): readonly string[] {
  return differences(expected, found, '')
    .slice(0, 20)
    .flatMap(([path, before, now]) => [
      `${path === '' ? 'it' : path} was ${JSON.stringify(before ?? null)}`,
      `${' '.repeat(Math.max(0, path.length || 2))}  is ${JSON.stringify(now ?? null)}`,
    ]);
}

function differences(expected: unknown, found: unknown, path: string): readonly Place[] {
  if (JSON.stringify(expected) === JSON.stringify(found)) return [];
  if (!isObject(expected) || !isObject(found) || Array.isArray(expected) !== Array.isArray(found)) {
    return [[path, expected, found]];
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return keys.flatMap((key) => differences(expected[key], found[key], path === '' ? key : `${path}.${key}`));
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object';
