import { describe, expect, it } from 'vitest';
import { isOurs, repositoryFiles, textOf } from './files.js';
import { hasEmptyName, strayIn } from './stray-words.js';

const files = repositoryFiles().filter(isOurs);
const spelled = (...parts: string[]) => parts.join('');

describe('the repository', () => {
  it('has nothing unfinished, singled out or bound to one machine', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((path) => strayIn(path, textOf(path) ?? ''))).toEqual([]);
  });

  it('has no folder or file whose name says nothing', () => {
    expect(files.filter(hasEmptyName)).toEqual([]);
  });
});

describe('the search', () => {
  it.each([
    ['packages/core/src/a.ts', spelled('// TO', 'DO: later')],
    ['script/demo', spelled('# FIX', 'ME')],
    ['docs/guide.md', spelled('see /wo', 'rk/main/file')],
    ['README.md', spelled('see ../sha', 'red/notes.md')],
    ['packages/core/src/a.test.ts', spelled('it.on', "ly('is alone', run);")],
    ['packages/core/src/a.test.ts', spelled('describe.sk', "ip('is left out', run);")],
    ['packages/core/src/a.test.ts', spelled('it.sk', 'ip' + "If(true)('is left out', run);")],
    ['packages/core/src/a.test.ts', spelled('({ skip }) => sk', 'ip()')],
    ['packages/core/src/a.test.ts', spelled("it('sho", "uld work', run);")],
    ['packages/core/src/a.ts', 'export default function one() {}'],
    ['packages/core/src/index.ts', "export * from './a.js';"],
    ['packages/core/src/a.ts', 'one();\n'.repeat(301)],
  ])('finds it in %s', (path, text) => {
    expect(strayIn(path, text)).toHaveLength(1);
  });

  it.each([
    ['packages/core/src/a.test.ts', "it('is skipped with a reason', ({ skip }) => skip('needs root'));"],
    ['docs/guide.md', 'docs/work/plan.md and https://example.org/work/'],
    ['packages/core/src/a.ts', "export { one } from './one.js';"],
  ])('lets be what is fine in %s', (path, text) => {
    expect(strayIn(path, text)).toEqual([]);
  });

  it('knows an empty name from one that holds the word', () => {
    expect(['src/utils/a.ts', 'src/helpers.ts', 'common/a.ts', 'a/misc'].filter(hasEmptyName)).toHaveLength(4);
    expect(['src/utility-rates.ts', 'src/commons.ts'].filter(hasEmptyName)).toEqual([]);
  });
});
