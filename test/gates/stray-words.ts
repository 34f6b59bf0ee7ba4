/** What must not be left in a file, and how each is found. */

/** A form and why it is not wanted; `in` says which paths it is looked for in. */
interface Stray {
  readonly what: string;
  readonly form: RegExp;
  readonly in: RegExp;
}

const SOURCES = /\.(ts|tsx|js|mjs|go|rego|sh|yaml|yml)$|^script\/|^\.ci\//;
const TESTS = /\.test\.ts$/;
const PACKAGE_SOURCES = /^packages\/[^/]+\/src\/.*\.tsx?$/;
const MOST_LINES = 300;

const word = (...parts: string[]) => parts.join('');
/** Put together, so that this file does not hold what it looks for. */
const MARKS = [word('TO', 'DO'), word('FIX', 'ME'), word('X', 'XX'), word('HA', 'CK')];
const MACHINE = ['', 'work', ''].join('/');
const OUTSIDE = ['..', 'shared'].join('/');

const STRAY: readonly Stray[] = [
  { what: 'an unfinished mark', form: new RegExp(`\\b(${MARKS.join('|')})\\b`), in: SOURCES },
  { what: 'a path of one machine', form: new RegExp(`(?<![\\w./-])${MACHINE}`), in: /./ },
  { what: 'a path outside the repository', form: new RegExp(`${OUTSIDE}/`), in: /./ },
  {
    what: 'a test that runs alone or not at all',
    form: /\b(it|test|describe|suite)(\.\w+)*\.(only|skip|todo)\b/,
    in: TESTS,
  },
  {
    what: "a skip whose reason nobody sees; use skip('reason') of the test's context",
    form: /\.(skipIf|runIf)\(/,
    in: TESTS,
  },
  { what: 'a skip without a reason', form: /\bskip\(\s*\)/, in: TESTS },
  { what: 'a title with "should"', form: /\b(it|test)(\.\w+(\([^)]*\))?)*\(\s*['"`][^'"`\n]*\bshould\b/, in: TESTS },
  { what: 'a module mock', form: /\bvi\.(mock|doMock)\(/, in: TESTS },
  { what: 'a default export', form: /^export default\b|\bas default\b/m, in: PACKAGE_SOURCES },
  { what: 'an export of everything', form: /^export \*/m, in: /^packages\/[^/]+\/src\/index\.ts$/ },
];

/** What is wrong with one file, in words. */
export function strayIn(path: string, text: string): readonly string[] {
  const found = STRAY.flatMap((stray) => {
    if (!stray.in.test(path)) return [];
    const at = stray.form.exec(text);
    return at === null ? [] : [`${path}:${lineOf(text, at.index)}: ${stray.what}: ${at[0].trim()}`];
  });
  const lines = text.split('\n').length - 1;
  return SOURCES.test(path) && lines > MOST_LINES
    ? [...found, `${path}: ${lines} lines; ${MOST_LINES} is the wall`]
    : found;
}

/** Names that say nothing about why their content changes. */
export const hasEmptyName = (path: string): boolean => /(^|\/)(utils?|helpers?|common|misc)(\.\w+)*(\/|$)/.test(path);

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;
