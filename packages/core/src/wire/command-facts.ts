/** What the policy decision point states about a command before policy judges it. Nobody else may state it. */

import { z } from 'zod';

/** Everything a command may do. A kind says what happens, never whether that is allowed. */
export const COMMAND_EFFECTS = [
  // to a path: looks into it, looks at it, adds, replaces, removes, changes mode or owner, runs it, sends it away,
  // names it to a program that nothing is known about, takes permissions away from it
  ...(['read', 'list', 'write', 'truncate', 'delete', 'alter', 'execute', 'send', 'use', 'harden'] as const),
  // to the machine: asks the network, talks to it, listens, signals, changes state, formats, loads kernel code, stops it
  ...(['lookup', 'connect', 'listen', 'signal', 'change', 'format', 'kernel', 'halt', 'tidy', 'wait'] as const),
  // to trust: may show secrets, shows secrets, leaves confinement, starts by itself later, raises rights, hides traces,
  // redirects what other programs are
  ...(['reveal', 'disclose', 'escape', 'persist', 'grant', 'tamper', 'hook'] as const),
  // as code: visible code of another language, downloaded code, code made at run time, hidden text, a prompt, a raw
  // network descriptor, processes without end
  ...(['run_code', 'run_download', 'run_generated', 'obscure', 'interactive', 'socket', 'fork_bomb'] as const),
] as const;
export type CommandEffectKind = (typeof COMMAND_EFFECTS)[number];

/** Which of the policy's lists a path or target may be on; a pattern is marked when it may match. */
export const PATH_MARKS = [
  ...(['secret', 'sensitive', 'log', 'own', 'protected', 'autostart', 'tree', 'device', 'link', 'metadata'] as const),
] as const;
export type PathMark = (typeof PATH_MARKS)[number];

const text = z.string();
const texts = z.array(text);
const effect = z.strictObject({
  kind: z.enum(COMMAND_EFFECTS),
  /** Normal and absolute; `*`, `?` and `**` where it is a pattern or not known. `/~` is the login's home. */
  path: text.optional(),
  target: text.optional(),
  /** The word that makes it so. */
  via: text,
  /** Everything below the path too. */
  tree: z.boolean(),
  marks: z.array(z.enum(PATH_MARKS)),
});
const program = z.strictObject({
  name: text,
  /** The programs that start it, outermost first. */
  chain: texts,
  privilege: z.enum(['login', 'raised']),
  /** Its words as the shell hands them over; `**` stands for what is not known before it runs. */
  words: texts,
  effects: z.array(effect),
  /** What no model explains: the program, an option, an operand. */
  unknown: texts,
});
/** The facts of one command. The lists below `programs` gather what its effects name. */
export const commandFactsSchema = z.strictObject({
  /** The shell that reads the text; null for words that no shell reads. */
  shell: z.enum(['sh', 'bash']).nullable(),
  /** Why the text could not be read; then nothing else is known. */
  unparsed: text.optional(),
  /** Kinds of what is only known when it runs. */
  dynamic: texts,
  /** Why a word that is run cannot be read. */
  obscured: texts,
  /** Variables that are set: of text and time alone, ones that programs obey, and all others. */
  environment: z.array(z.strictObject({ name: text, value: text, kind: z.enum(['harmless', 'hook', 'other']) })),
  programs: z.array(program),
  reads: texts,
  writes: texts,
  deletes: texts,
  executes: texts,
  connects: texts,
  signals: texts,
  secrets: texts,
  catastrophic: texts,
});
export type CommandFacts = z.output<typeof commandFactsSchema>;
export type CommandEffect = CommandFacts['programs'][number]['effects'][number];
