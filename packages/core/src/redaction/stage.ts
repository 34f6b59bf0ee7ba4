/** A step of a text's way out. */

/** Takes text in pieces and gives it out masked; `end` gives what it held back. */
export interface Stage {
  push(text: string): string;
  end(): string;
}

/** What one stage gives goes into the next. */
export function chain(first: Stage, second: Stage): Stage {
  return {
    push: (text) => second.push(first.push(text)),
    end: () => second.push(first.end()) + second.end(),
  };
}

/** Pieces are joined until there are so many characters: a stage copies what it holds back at every push. */
const ENOUGH = 16_384;

/** A stage that is pushed few large pieces, however small those are that come. */
export function gather(stage: Stage): Stage {
  let parts: string[] = [];
  let length = 0;
  const joined = (): string => {
    const text = parts.join('');
    parts = [];
    length = 0;
    return text;
  };
  return {
    push: (text) => {
      parts.push(text);
      length += text.length;
      return length < ENOUGH ? '' : stage.push(joined());
    },
    end: () => stage.push(joined()) + stage.end(),
  };
}
