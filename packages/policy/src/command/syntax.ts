/** The shell parser: the one file that loads it. It reads Bash; what `sh` reads otherwise is treated as not known. */

import { type ParsedScript, parse, type SyntaxNode, forEachChild as visit } from 'unbash';

export type {
  AndOr,
  Assignment,
  Command,
  CommandNode,
  CompoundList,
  HereDoc,
  ParsedScript,
  Pipeline,
  Redirected,
  Redirection,
  Statement,
  SyntaxNode,
  Word,
  WordPart,
} from 'unbash';

/** The tree of a text, or undefined where it is not one whole script. Never throws. */
export function parseShell(text: string): ParsedScript | undefined {
  try {
    const script = parse(text);
    return script.errors?.length ? undefined : script;
  } catch {
    return undefined; // deeper than its stack
  }
}

/** The scripts of substitutions inside a node, outermost only. `problem` is true when one of them is not whole. */
export function scriptsIn(node: SyntaxNode): { readonly scripts: readonly ParsedScript[]; readonly problem: boolean } {
  const scripts: ParsedScript[] = [];
  let problem = false;
  const look = (one: SyntaxNode): void => {
    if (one.type === 'Script') {
      scripts.push(one as ParsedScript);
      problem ||= ((one as ParsedScript).errors?.length ?? 0) > 0;
    } else {
      problem ||= isEmptySubstitution(one);
      visit(one, look);
    }
  };
  look(node);
  return { scripts, problem };
}

const isEmptySubstitution = (node: SyntaxNode): boolean =>
  (node.type === 'CommandExpansion' || node.type === 'ProcessSubstitution') && node.script === undefined;

/** Children of a node in source order. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  visit(node, (child) => void children.push(child));
  return children;
}
