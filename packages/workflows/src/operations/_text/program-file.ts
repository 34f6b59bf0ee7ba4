/** Which file a command's words would run, where that can be told from the words: a program by its path, or a script that an interpreter is given. */

/** Programs that run the file or the program they are given. Only names whose next plain word is that file. */
const RUNS_NEXT = new Set(
  'sh bash dash ash ksh zsh fish python python2 python3 perl ruby node nodejs php lua tclsh Rscript env nohup nice setsid sudo doas time stdbuf ionice exec source .'.split(
    ' ',
  ),
);
/** An option of those that takes the program as text, or from elsewhere: then no file is named. */
const OTHER_SOURCE = /^-[a-zA-Z]*[cems]$/;

/** Its absolute path; undefined where the words name none, or name it in a way that depends on more than the words. */
export function programFile(words: readonly string[], cwd: string | undefined): string | undefined {
  for (const word of words) {
    const name = word.slice(word.lastIndexOf('/') + 1);
    if (/^[A-Za-z_]\w*=/.test(word)) continue;
    if (word.startsWith('-')) {
      if (OTHER_SOURCE.test(word)) return undefined;
      continue;
    }
    if (RUNS_NEXT.has(name) && word !== words.at(-1)) continue;
    return word === words[0] && !word.includes('/') ? undefined : absolute(word, cwd);
  }
  return undefined;
}

/** The words of a text that no shell would change. */
export function plainWords(text: string): readonly string[] | undefined {
  return /^[\w./=,:@%+ -]+$/.test(text) ? text.split(' ').filter((word) => word !== '') : undefined;
}

function absolute(word: string, cwd: string | undefined): string | undefined {
  const path = word.startsWith('/') ? word : cwd === undefined ? undefined : `${cwd}/${word}`;
  if (path === undefined) return undefined;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    // What is behind a link cannot be told from the words.
    if (part === '..') return undefined;
    if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
