/** Argument models: what the options and operands of a program do, as data. `policies/programs/README.md` explains the form. */

import { COMMAND_EFFECTS } from '@meshclaw/core';
import { z } from 'zod';

/** What a value is besides an effect: data, or something that has to be read further. */
export const READINGS = [
  // data of no consequence · the name of a shell variable and nothing else
  ...(['text', 'variable'] as const),
  // the rest as a command's words · shell text · shell text of all words that follow · words of find's -exec
  ...(['argv', 'shell', 'shell_words', 'until_semicolon'] as const),
  // code of little languages that are read, and of others
  ...(['sed', 'awk', 'code'] as const),
  // the working directory from here on · where copies go: a file, or a folder that gets them
  ...(['folder', 'target'] as const),
  // an address whose last part names the file it is kept in
  ...(['remote_name'] as const),
  // what standard input then is
  ...(['stdin_shell', 'stdin_code'] as const),
] as const;
const token = z.enum([...COMMAND_EFFECTS, ...READINGS]);
/** How a value is read further. */
export type Reading = (typeof READINGS)[number];
/** An effect, or how a value is read further. */
export type Token = z.output<typeof token>;

/** Words of one text, so that a model stays short. */
const words = z
  .string()
  .transform((text) => text.split(/\s+/).filter((word) => word !== ''))
  .or(z.array(z.string()));

const expressions = new Map<string, RegExp>();

/** A model's expression (ECMAScript, Unicode; `(?i)` in front ignores case). Throws when it is none. */
export function expression(text: string): RegExp {
  const known = expressions.get(text);
  if (known) return known;
  const made = text.startsWith('(?i)') ? new RegExp(text.slice(4), 'iu') : new RegExp(text, 'u');
  expressions.set(text, made);
  return made;
}

const match = z.string().refine((text) => {
  try {
    return expression(text) instanceof RegExp;
  } catch {
    return false;
  }
}, 'is no regular expression');

interface MeaningInput {
  readonly takes?: Token | readonly Token[] | undefined;
  readonly attached?: boolean | undefined;
  readonly does?: Token | readonly Token[] | undefined;
  readonly operands?: Token | undefined;
  readonly tree?: boolean | undefined;
  readonly match?: string | undefined;
  readonly cases?: readonly (MeaningInput & { readonly match: string })[] | undefined;
}
const asList = z
  .union([token, z.array(token)])
  .transform((one): readonly Token[] => (Array.isArray(one) ? one : [one as Token]));
const meaningShape = {
  /** What each value is; none for an option without a value. */
  takes: asList.optional(),
  /** The value is only ever part of the same word. */
  attached: z.boolean().optional(),
  /** Effects without a value of their own. */
  does: asList.optional(),
  /** What operands that are paths become by it. */
  operands: token.optional(),
  /** Everything below an operand too. */
  tree: z.boolean().optional(),
  /** A value that does not match is unknown. */
  match: match.optional(),
};
const meaning: z.ZodType<Meaning, MeaningInput> = z.lazy(() =>
  z.strictObject({ ...meaningShape, cases: z.array(z.strictObject({ ...caseShape() })).optional() }),
) as z.ZodType<Meaning, MeaningInput>;
/** The first case that a value matches decides; one that matches none is what the meaning itself says. */
const caseShape = () => ({ ...meaningShape, match });

/** What an option or an operand does. */
export interface Meaning {
  readonly takes?: readonly Token[] | undefined;
  readonly attached?: boolean | undefined;
  readonly does?: readonly Token[] | undefined;
  readonly operands?: Token | undefined;
  readonly tree?: boolean | undefined;
  readonly match?: string | undefined;
  readonly cases?: readonly (Meaning & { readonly match: string })[] | undefined;
}
/** An operand's meaning; `many` takes all that are left between the others. */
export interface Operand extends Meaning {
  readonly many: boolean;
  readonly unless?: readonly string[] | undefined;
}

const TOKENS = new Set<string>(token.options);
const shortOperand = z
  .string()
  .refine((text) => TOKENS.has(text.replace(/\*$/, '')), 'is no token')
  .transform((text): Operand => ({ takes: [text.replace(/\*$/, '') as Token], many: text.endsWith('*') }));
const longOperand = z.strictObject({
  ...meaningShape,
  cases: z.array(z.strictObject(caseShape())).optional(),
  many: z.boolean().default(false),
  /** The place does not exist when one of these options is given. */
  unless: words.optional(),
});
const operand = z.union([shortOperand, longOperand]) as z.ZodType<Operand>;

const optionMeaning = z.union([token.transform((one): Meaning => ({ takes: [one] })), meaning]);
const partShape = {
  /** Options, the several spellings of one in one key. */
  options: z.record(z.string(), optionMeaning).optional(),
  /** Operands in their order; left out, a word that is no option is unknown. */
  operands: z.array(operand).optional(),
  /** What happens without any operand. */
  bare: asList.optional(),
  /** What happens in any case. */
  does: asList.optional(),
};

interface SpecInput {
  readonly [key: string]: unknown;
}
/** A program, or one of its subcommands. */
export interface Spec {
  readonly style: 'gnu' | 'posix' | 'word' | 'keys' | 'plain';
  readonly flags: readonly string[];
  readonly text: readonly string[];
  readonly optional: readonly string[];
  readonly options: Readonly<Record<string, Meaning>>;
  readonly operands?: readonly Operand[] | undefined;
  readonly bare?: readonly Token[] | undefined;
  readonly does?: readonly Token[] | undefined;
  readonly numeric: boolean;
  readonly cluster?: 'bare' | 'dash' | undefined;
  readonly implied?: string | undefined;
  readonly modes: readonly {
    readonly when: readonly string[];
    readonly options?: Readonly<Record<string, Meaning>> | undefined;
    readonly operands?: readonly Operand[] | undefined;
    readonly bare?: readonly Token[] | undefined;
    readonly does?: readonly Token[] | undefined;
  }[];
  readonly subcommands: Readonly<Record<string, Spec>>;
  readonly inherit: boolean;
  readonly harmless: boolean;
  readonly sampling: boolean;
  readonly privilege?: 'raised' | undefined;
  readonly assignments: boolean;
  readonly appends: boolean;
  readonly prints: boolean;
  readonly passes: boolean;
  readonly sends: boolean;
}
const specShape = {
  ...partShape,
  /** How options are written: gnu (anywhere), posix (until the first operand), word (`-name value`), keys (`name=value`), plain (none). */
  style: z.enum(['gnu', 'posix', 'word', 'keys', 'plain']).default('gnu'),
  /** Options without a value and without consequence. */
  flags: words.default([]),
  /** Options whose value is data of no consequence. */
  text: words.default([]),
  /** The same, with the value only as part of the same word. */
  optional: words.default([]),
  options: z.record(z.string(), optionMeaning).default({}),
  /** `-20` is an option without consequence. */
  numeric: z.boolean().default(false),
  /** A first word without a dash is a cluster of options, looked up without (bare) or with (dash) one. */
  cluster: z.enum(['bare', 'dash']).optional(),
  /** The operand that is meant where none is given. */
  implied: z.string().optional(),
  /** What differs when one of the options in `when` is given; the first that fits counts. */
  modes: z.array(z.strictObject({ when: words, ...partShape })).default([]),
  subcommands: z
    .record(
      z.string(),
      z.lazy((): z.ZodType<Spec, SpecInput> => spec),
    )
    .default({}),
  /** Options of the program are also options of the subcommand. */
  inherit: z.boolean().default(true),
  /** No option does anything but change what is printed, so a pattern may become one. */
  harmless: z.boolean().default(false),
  /** Numbers at the end are an interval and a count; an interval alone does not end by itself. */
  sampling: z.boolean().default(false),
  /** What it starts runs with more rights. */
  privilege: z.literal('raised').optional(),
  /** Words `NAME=value` before the command it starts set its environment. */
  assignments: z.boolean().default(false),
  /** Words that nobody knows yet are added to the command it starts. */
  appends: z.boolean().default(false),
  /** It prints its operands, or what it reads, as they are. */
  prints: z.boolean().default(false),
  passes: z.boolean().default(false),
  /** Standard input leaves the machine. */
  sends: z.boolean().default(false),
};
const spec: z.ZodType<Spec, SpecInput> = z.strictObject(specShape) as unknown as z.ZodType<Spec, SpecInput>;

/** One file of `policies/programs`. */
export const modelSchema = z.strictObject({
  ...specShape,
  /** Its name, which is the file's. */
  program: z.string().regex(/^[A-Za-z0-9_.:[+-]+$/),
  /** Other names of the same program. */
  also: words.default([]),
  /** Where the options were read: a manual page with its version. */
  source: z.string(),
});
/** A checked model. */
export type Model = Spec & { readonly program: string; readonly also: readonly string[]; readonly source: string };

/** Models by each name of their program. */
export interface Models {
  get(name: string): Spec | undefined;
}

/** Reads the models of a policy's data, each when it is first asked for. Asking for one that is no model throws. */
export function readModels(models: readonly unknown[]): Models {
  const known = new Map<string, Spec>();
  const stated = new Map(models.flatMap((one) => namesOf(one).map((name) => [name, one] as const)));
  return {
    get: (name) => {
      if (!stated.has(name)) return undefined;
      const read = known.get(name) ?? (modelSchema.parse(stated.get(name)) as Model);
      known.set(name, read);
      return read;
    },
  };
}

/** The names that a model states, its own first; it need not be checked yet. */
export function namesOf(model: unknown): readonly string[] {
  const named = z.object({ program: z.string(), also: words.default([]) }).safeParse(model);
  return named.success ? [named.data.program, ...named.data.also] : [];
}
