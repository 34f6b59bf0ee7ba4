/** JUnit's XML, the format that build servers count tests from. Source: the schema of Jenkins' xunit plugin, `junit-10.xsd`. */

/** One case; without `failure` and `skipped` it passed. */
export interface JunitCase {
  readonly suite: string;
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly seconds: number;
  readonly failure?: { readonly message: string; readonly text: string };
  readonly skipped?: string;
}

/** A whole document, cases in their order under one suite a `suite`. */
export function junitXml(name: string, cases: readonly JunitCase[]): string {
  const suites = [...new Set(cases.map(({ suite }) => suite))].map((suite) => {
    const inside = cases.filter((one) => one.suite === suite);
    return [
      `  <testsuite${attributes({ name: suite, ...countsOf(inside) })}>`,
      ...inside.flatMap(caseLines),
      '  </testsuite>',
    ];
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...countsOf(cases) })}>`,
    ...suites.flat(),
    '</testsuites>',
    '',
  ].join('\n');
}

const countsOf = (cases: readonly JunitCase[]) => ({
  tests: cases.length,
  failures: cases.filter(({ failure }) => failure !== undefined).length,
  errors: 0,
  skipped: cases.filter(({ skipped }) => skipped !== undefined).length,
  time: cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
});

function caseLines({ suite, name, file, line, seconds, failure, skipped }: JunitCase): readonly string[] {
  const open = `    <testcase${attributes({ classname: suite, name, file, line, time: seconds.toFixed(3) })}`;
  if (failure !== undefined) {
    const { message, text } = failure;
    return [`${open}>`, `      <failure${attributes({ message })}>${escaped(text)}</failure>`, '    </testcase>'];
  }
  if (skipped !== undefined)
    return [`${open}>`, `      <skipped${attributes({ message: skipped })}/>`, '    </testcase>'];
  return [`${open}/>`];
}

const attributes = (named: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(named)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('');

/** XML 1.0 has no way to write most control characters and no lone surrogate. */
const ILLEGAL = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escaped = (text: string): string =>
  text
    .replace(ILLEGAL, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
