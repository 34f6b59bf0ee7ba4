import { Session } from 'node:inspector';
import type { JsonObject } from '@meshclaw/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyBundle } from '../bundle/bundle.js';
import { loadShippedBundle } from '../bundle/shipped.js';
import { hostileTexts } from './_testing/hostile.js';
import { classOf } from './command-class.js';
import type { Judge } from './judge.js';

/** How often blocks of code ran, in the parser and in what reads its tree: work that no clock has a part in. */
interface Counter {
  count(work: () => void): number;
}

const session = new Session();
session.connect();
const ask = (method: string, parameters: object = {}): unknown => {
  let answer: unknown;
  session.post(method, parameters, (problem, given) => {
    if (problem) throw problem;
    answer = given; // an in-process session answers before it returns
  });
  return answer;
};

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}
const counter: Counter = {
  count(work) {
    work();
    const { result } = ask('Profiler.takePreciseCoverage') as Coverage;
    const read = result.filter(({ url }) => /\/unbash\/|\/src\/command\/(?!_testing|work\.test)/.test(url));
    return read
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
      .reduce((sum, { count }) => sum + count, 0);
  },
};

const { programs, parameters } = (loadShippedBundle() as PolicyBundle).data.meshclaw as JsonObject;
let judge: Judge;
let createFew: (mostSteps: number) => Judge;

beforeAll(async () => {
  ask('Profiler.enable');
  ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  // Loaded only now: code that was compiled before is not counted block by block.
  const { createJudge } = await import('./judge.js');
  judge = createJudge(programs as unknown[], parameters as JsonObject);
  createFew = (mostSteps) => createJudge(programs as unknown[], parameters as JsonObject, { mostSteps });
  judge(['sh', '-c', 'ls']);
});

afterAll(() => session.disconnect());

describe('reading a command', () => {
  it('counts the work of an ordinary one', () => {
    const work = counter.count(() => judge(['sh', '-c', 'df -h | sort -k5']));
    expect(work).toBeGreaterThan(500);
    expect(work).toBeLessThan(20_000);
  });

  it('does a bounded amount of work whatever the text is made of, and never takes it for a read by giving up', () => {
    const all = hostileTexts(16_384);
    expect(all.length).toBeGreaterThan(700);
    const texts = process.env.MESHCLAW_LONG === 'work' ? all : some(all);
    const over = texts.flatMap((text) => {
      const { work, facts } = read(text);
      const gaveUp = facts.unparsed !== undefined && classOf(facts) === 'read';
      return work > MOST_BLOCKS || gaveUp ? [`${work}: ${text.slice(0, 40)}`] : [];
    });
    expect(over).toEqual([]);
  });

  it('does at most in proportion to the length, as long as it reads on', () => {
    const [shorter, longer] = [some(hostileTexts(1_024)), some(hostileTexts(2_048))];
    const over = shorter.flatMap((text, at) => {
      const before = read(text);
      const after = read(longer[at] ?? '');
      if (before.facts.unparsed !== undefined || after.facts.unparsed !== undefined) return [];
      return after.work > 3 * before.work + 20_000 ? [`${before.work} -> ${after.work}: ${text.slice(0, 40)}`] : [];
    });
    expect(over).toEqual([]);
  });

  it('looks no further into text that is longer than a command', () => {
    for (const text of some(hostileTexts(65_536)).filter((one) => Buffer.byteLength(one) > 16_384)) {
      const { work, facts } = read(text);
      expect(facts.unparsed).toBe('longer than 16 KiB');
      expect(work).toBeLessThan(200);
    }
  });

  it('states no facts of a command that takes too many steps, and says so', () => {
    const few = createFew(2_000);
    expect(few(['sh', '-c', 'df -h | sort']).unparsed).toBeUndefined();
    expect(few(['sh', '-c', 'df -h | sort; '.repeat(40)])).toMatchObject({
      unparsed: 'more complex than anybody reads',
      programs: [],
    });
    expect(few(['ls', ...Array.from({ length: 400 }, (_, n) => `/srv/${n}`)]).unparsed).toBe(
      'more complex than anybody reads',
    );
  });
});

/** Blocks of code that run at most, in the whole. 100 times what `df -h | sort` takes. */
const MOST_BLOCKS = 1_000_000;

/** Every fifth, which is each part in some places: counting takes longer than reading. The long form takes all. */
const some = (texts: readonly string[]): readonly string[] => texts.filter((_, at) => at % 5 === 2);

function read(text: string): { readonly work: number; readonly facts: ReturnType<Judge> } {
  const facts: ReturnType<Judge>[] = [];
  const work = counter.count(() => void facts.push(judge(['sh', '-c', text])));
  return { work, facts: facts[0] as ReturnType<Judge> };
}
