/** Texts that are made to take long: one part again and again, in every place that text can stand in, and nested. */

const PARTS = [
  ...[
    '<<A ',
    '$((',
    '$((1)) ',
    '{a,b}',
    '*a ',
    'sudo ',
    'eval ',
    'f(){ f;};',
    'cd a;',
    '`',
    'find a -exec ',
    '>a ',
    '2>&1 ',
  ],
  ...[
    'a|',
    'a&&',
    'a;',
    'a&',
    'a ',
    'b',
    '$(',
    '<(',
    '"',
    "'",
    '${a:-',
    '$a',
    'a[$(',
    'if a; then ',
    'case a in a) ',
    '(',
  ],
  ...[
    '{ ',
    '[[ a && ',
    '! ',
    '\\',
    '\\\n',
    '\n',
    '#a\n',
    'a=b ',
    'a=$a;',
    '$(a)',
    '"$(a)"',
    'a@(b)',
    '{a,',
    "$'a'",
    '$"a"',
  ],
  ...[
    '~/',
    '/',
    '../',
    '?',
    '*',
    "sh -c 'a' ",
    'for a in b; do ',
    '<<<a ',
    '-',
    '-a ',
    'a=',
    's/a/b/;',
    '((',
    'a=(b) ',
    '$$',
    'é',
  ],
];
const PLACES: readonly (readonly [string, string])[] = [
  ...([
    ['', ''],
    ['ls ', ''],
    ['cat /etc/', ''],
    ['x=', ''],
    ['echo "', '"'],
    ["sh -c '", "'"],
    ['sh -c "', '"'],
  ] as const),
  ...([
    ["awk '", "'"],
    ["sed '", "'"],
    [': <<A\n', '\nA'],
    ["sh <<'A'\n", '\nA'],
    ["echo '", "' | sh"],
    ['[[ ', ' ]]'],
    ['', ' x'],
  ] as const),
];
const NESTS: readonly (readonly [string, string])[] = [
  ...([
    ['$(', ')'],
    ['(', ')'],
    ['{ ', ';}'],
    ['"$(', ')"'],
    ['${a:-', '}'],
    ['$((', '))'],
    ['a[$(', ')'],
    ['<(', ')'],
  ] as const),
  ...([
    ['if a; then ', '; fi'],
    ['case a in a) ', ';; esac'],
    ['[[ ( ', ' ) ]]'],
    ['a=(', ')'],
    ['@(', ')'],
    ['a $(b $(c) ', ')'],
  ] as const),
];

/** One text of each kind, as long as asked for or a little shorter. */
export function hostileTexts(bytes: number): readonly string[] {
  const repeated = PARTS.flatMap((part) =>
    PLACES.map(
      ([before, after]) =>
        before + part.repeat((bytes - before.length - after.length) / Buffer.byteLength(part)) + after,
    ),
  );
  const nested = NESTS.flatMap(([open, close]) =>
    [3, 7, 50, 10_000].map((depth) => {
      const one = (deep: number): string => `${open.repeat(deep)}a${close.repeat(deep)};`;
      const deepest = Math.min(depth, Math.floor((bytes - 2) / (open.length + close.length)));
      return `ls ${one(deepest)}`.repeat(Math.max(1, Math.floor(bytes / (one(deepest).length + 3)))).slice(0, bytes);
    }),
  );
  return [...repeated, ...nested, ...many(bytes)];
}

/** Lists of different words, where one may be compared with all others. */
function many(bytes: number): readonly string[] {
  const each = (write: (number: number) => string): string => {
    let text = '';
    for (let number = 0, next = write(0); text.length + next.length < bytes - 64; next = write(number)) {
      text += next;
      number += 1;
    }
    return text;
  };
  return [
    `cat ${each((n) => `/etc/a${n} `)}`,
    `cat ${each((n) => `/etc/a${n}* `)}`,
    each((n) => `cat /etc/a${n};`),
    each((n) => `cat ${'/ab'.repeat(60)}*${'/ab'.repeat(20)}${n};`),
    each((n) => `cat ${'/*'.repeat(230)}${n};`),
    `cp ${each((n) => `a${n} `)} /tmp/x`,
    `curl ${each((n) => `-o a${n} `)}`,
    `ls ${each((n) => `>a${n} `)}`,
    `frob ${each(() => 'a=b=c,d:e/f ')}`,
    `kill $(pidof ${'a '.repeat(bytes / 4 - 20)}) ${'1 '.repeat(bytes / 4)}`,
    `x=1;x=2;x=3;x=4;x=5;x=6;x=7;${each(() => 'ls $x$x;')}`,
    `x=a;${each(() => 'x=$x$x;')}`,
    `cd a;cd b;cd c;${each(() => 'cat b/c*d;')}`,
    `find . ${each(() => '-name a ')}-exec cat {} +`,
    `find . -name a* ${each(() => '-exec cat {} + ')}`,
    `env ${each(() => 'A=b ')}ls`,
    each((n) => `cat <<A${n}\nx\nA${n}\n`),
    each((n) => `f${n}(){ f${n};};`),
    `tar ${'c'.repeat(bytes - 8)}`,
    `awk '${each(() => 'if (a) / ')}'`,
    `awk '${each(() => 'print ')}'`,
  ];
}
