import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommandAction, command } from './action.js';
import { type FrameCapture, frameReads, unframeReads } from './frame.js';
import type { Outcome } from './outcome.js';

const MARK = 'c0ffee00'.repeat(4);

function capture(): FrameCapture {
  const chunks: Buffer[] = [];
  const all = () => Buffer.concat(chunks);
  return {
    add: (chunk) => void chunks.push(Buffer.from(chunk)),
    bytes: () => all().length,
    captured: (cut) => ({
      text: all().toString('latin1'),
      bytes: all().length,
      digest: createHash('sha256').update(all()).digest('hex'),
      cut,
    }),
  };
}

type Read = { readonly out: Uint8Array; readonly err: Uint8Array; readonly code: number };
const framed = (text: string) => Buffer.from(`\n@@${MARK} ${text}\n`, 'latin1');

/** The two streams of an answer, as the script writes them. */
function answer(reads: readonly Read[]) {
  const stream = (pick: (read: Read) => Uint8Array) =>
    Buffer.concat([
      framed('begin kill'),
      ...reads.flatMap((read, index) => [pick(read), framed(`end ${index} ${read.code}`)]),
      framed('done'),
    ]);
  return { stdout: stream(({ out }) => out), stderr: stream(({ err }) => err) };
}

function unframed(count: number, stdout: readonly Uint8Array[], stderr: readonly Uint8Array[]): readonly Outcome[] {
  const frames = unframeReads(count, MARK, capture);
  for (const chunk of stdout) frames.stdout.add(chunk);
  for (const chunk of stderr) frames.stderr.add(chunk);
  return frames.outcomes('cut', 5);
}

function cutAt(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((one, other) => one - other), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

// Binary, nothing, line ends, and what looks like a frame of somebody who does not know the mark.
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.constantFrom(
    ...[
      '',
      '\n',
      '\n@@',
      `\n@@${MARK}`,
      `@@${MARK} end 0 0\n`,
      `\n@@${MARK.slice(1)} end 0 0\n`,
      `\n@@${'0'.repeat(32)} done\n`,
      ` sh -c script @@${MARK} end 0 0`,
    ].map((text) => Buffer.from(text, 'latin1')),
  ),
);
const read = fc.record({ out: bytes, err: bytes, code: fc.integer({ min: 0, max: 123 }) });
const reads = fc.array(read, { minLength: 1, maxLength: 5 });
const text = (part: Uint8Array) => Buffer.from(part).toString('latin1');

describe('a framed answer', () => {
  it('is one outcome a read, whatever was printed and however the bytes arrive', () => {
    fc.assert(
      fc.property(reads, fc.array(fc.nat()), fc.array(fc.nat()), (wanted, cuts, others) => {
        const { stdout, stderr } = answer(wanted);
        expect(unframed(wanted.length, cutAt(stdout, cuts), cutAt(stderr, others))).toMatchObject(
          wanted.map(({ out, err, code }) => ({
            kind: 'exited',
            exitCode: code,
            stdout: { text: text(out), bytes: out.length, cut: false },
            stderr: { text: text(err), cut: false },
          })),
        );
      }),
    );
  });

  it('that stops at any byte tells the reads before it and calls the others unknown', () => {
    const wanted = [
      { out: Buffer.from('one'), err: Buffer.from(''), code: 0 },
      { out: Buffer.from('two\n'), err: Buffer.from('\n@@x'), code: 4 },
    ];
    const { stdout, stderr } = answer(wanted);
    const ends = [0, 1].map((index) => stdout.indexOf(`\n@@${MARK} end ${index}`) + framed(`end ${index} 0`).length);
    for (let length = 0; length <= stdout.length; length += 1) {
      const kinds = unframed(2, [stdout.subarray(0, length)], [stderr]).map(({ kind }) => kind);
      expect(kinds).toEqual(ends.map((end) => (length >= end ? 'exited' : 'unknown')));
    }
    for (let length = 0; length < stderr.length; length += 1)
      for (const [index, outcome] of unframed(2, [stdout], [stderr.subarray(0, length)]).entries())
        if (outcome.kind === 'exited') expect(outcome.exitCode).toBe(wanted[index]?.code);
  });

  it('never tells an exit code that was not framed, whatever is added, lost or repeated', () => {
    const junk = fc.constantFrom(
      framed('end 0 0'),
      framed('end 1 0'),
      framed('begin kill'),
      framed('done'),
      framed('end 0'),
      framed(`end 0 ${'9'.repeat(400)}`),
      Buffer.from(`\n@@${MARK} ${'x'.repeat(500)}`),
    );
    fc.assert(
      fc.property(reads, junk, fc.nat(), (wanted, more, at) => {
        const { stdout, stderr } = answer(wanted);
        const place = at % stdout.length;
        const broken = Buffer.concat([stdout.subarray(0, place), more, stdout.subarray(place)]);
        for (const [index, outcome] of unframed(wanted.length, [broken], [stderr]).entries())
          if (outcome.kind === 'exited') expect(outcome.exitCode).toBe(wanted[index]?.code);
      }),
    );
  });

  it('of a read that used up its time is unknown, and 124 is an exit code where nothing bounds it', () => {
    const one = [{ out: Buffer.from('x'), err: Buffer.from(''), code: 124 }];
    const { stdout, stderr } = answer(one);
    expect(unframed(1, [stdout], [stderr])).toMatchObject(
      [{ kind: 'unknown', reason: /^deadline/ }].map(() => ({ kind: 'unknown' })),
    );
    const unbounded = Buffer.from(stdout.toString('latin1').replace('begin kill', 'begin none'), 'latin1');
    expect(unframed(1, [unbounded], [stderr])).toMatchObject([{ kind: 'exited', exitCode: 124 }]);
  });
});

describe('the script of several reads', () => {
  /** Runs it for real with a shell, and takes what it says apart. */
  function performed(actions: readonly CommandAction[], shell: readonly string[] = ['sh'], readTimeoutMs = 5_000) {
    const { argv, stdin } = frameReads(actions, { mark: MARK, readTimeoutMs });
    const [program = '', ...words] = [...shell, ...argv.slice(1)];
    // Called `sh`, as it is where it is /bin/sh: under its own name bash would read .bashrc when its input is a socket.
    const options = { argv0: program === 'bash' ? 'sh' : program, input: stdin, env: { PATH: '/usr/bin:/bin' } };
    const { stdout, stderr } = spawnSync(program, words, options);
    return unframed(actions.length, [stdout], [stderr]);
  }

  for (const shell of [['sh'], ['bash'], ['busybox', 'sh']])
    it(`hands over every word as it was written, by ${shell.join(' ')}`, (context) => {
      if (spawnSync(shell[0] ?? '', [...shell.slice(1), '-c', 'true']).status !== 0) context.skip(`needs ${shell[0]}`);
      const words = [
        '',
        ' ',
        "it's",
        '$HOME `id`',
        '!!\\',
        'a\nb\n',
        '-n',
        ...Array.from({ length: 12 }, (_, at) => `w${at}`),
      ];
      const outcomes = performed(
        [
          command(['sh', '-c', 'for w do printf "[%s]" "$w"; done', 'sh', ...words]),
          { ...command(['pwd']), cwd: '/usr' },
          command(['sh', '-c', 'cat; echo err >&2; exit 7']),
          command(['no-such-program-here']),
          { ...command(['pwd']), cwd: '/no/such/folder' },
          command(['sh', '-c', 'kill -TERM $$']),
        ],
        shell,
      );
      expect(outcomes).toMatchObject([
        { kind: 'exited', exitCode: 0, stdout: { text: words.map((word) => `[${word}]`).join('') } },
        { kind: 'exited', exitCode: 0, stdout: { text: '/usr\n' } },
        { kind: 'exited', exitCode: 7, stdout: { text: '' }, stderr: { text: 'err\n' } },
        { kind: 'exited', exitCode: 127 },
        { kind: 'exited', exitCode: 125 },
        { kind: 'exited', exitCode: 143 },
      ]);
    });

  it('tells its mark to none of the reads', () => {
    const look = 'cat /proc/*/cmdline /proc/*/environ 2>/dev/null | tr "\\0" " "; env';
    expect(performed([command(['sh', '-c', look])])[0]).toMatchObject({
      kind: 'exited',
      stdout: { text: expect.not.stringContaining(MARK) },
    });
  });

  it('ends a read that takes longer than its share and performs the next', () => {
    const outcomes = performed([command(['sleep', '20']), command(['echo', 'next'])], ['sh'], 1_000);
    expect(outcomes).toMatchObject([{ kind: 'unknown' }, { kind: 'exited', stdout: { text: 'next\n' } }]);
  });

  it('performs nothing without a mark', () => {
    const { argv } = frameReads([command(['echo', 'x'])], { mark: MARK, readTimeoutMs: 1_000 });
    const [program, ...words] = argv;
    expect(spawnSync(program, words, { input: '' })).toMatchObject({ status: 125 });
  });
});
