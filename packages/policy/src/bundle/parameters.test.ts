import { describe, expect, it } from 'vitest';
import { layerParameters, parameterValues, parseBaseParameters } from './parameters.js';
import { loadShippedSources } from './shipped.js';

const base = parseBaseParameters(`
units: { combine: union, value: [sshd] }
hourly: { combine: min, value: 10 }
changes: { combine: and, value: true }
no_changes: { combine: and, value: false }
methods: { combine: strongest, value: { write: signature, spend: presence } }
limits: { combine: least, value: { service.restart: 3 } }
harmless: { combine: fixed, value: [TZ] }
`);
const layered = (text: string) => layerParameters(base, text, 'mine.yaml');

describe('a layer of parameters', () => {
  it.each([
    ['units: [nginx, sshd]', { units: ['sshd', 'nginx'] }],
    ['hourly: 0', { hourly: 0 }],
    ['changes: false', { changes: false }],
    ['no_changes: false', { no_changes: false }],
    ['methods: { write: presence }', { methods: { write: 'presence', spend: 'presence' } }],
    ['limits: { service.restart: 1, host.reboot: 9 }', { limits: { 'service.restart': 1, 'host.reboot': 9 } }],
    ['# nothing', {}],
  ])('makes it stricter: %s', (text, changed) => {
    expect(parameterValues(layered(text)._unsafeUnwrap())).toEqual({ ...parameterValues(base), ...changed });
  });

  it.each([
    'hourly: 11',
    'hourly: -1',
    'hourly: .nan',
    'hourly: many',
    'no_changes: true',
    'changes: "false"',
    'methods: { spend: signature }',
    'methods: { read: presence }',
    'methods: { write: none }',
    'limits: { service.restart: 4 }',
    'limits: { service.restart: -1 }',
    'limits: 2',
    'harmless: [TZ]',
    'units: sshd',
    'units: null',
  ])('that tries another way is an error with its place: %s', (text) => {
    expect(layered(`# mine\n\n${text}`)._unsafeUnwrapErr()).toMatchObject({
      kind: 'policy.looser_parameter',
      diagnostics: [
        { file: 'mine.yaml', row: 3, column: 1, message: expect.stringMatching(/^\w+ may only be made stricter/) },
      ],
    });
  });

  it.each(['unknown: 1', '- a', 'hourly: 1\nhourly: 2', 'hourly: ['])(
    'that is none is an error with its place: %s',
    (text) => {
      expect(layered(text)._unsafeUnwrapErr()).toMatchObject({
        kind: 'policy.invalid_source',
        diagnostics: [{ file: 'mine.yaml', row: expect.any(Number), column: expect.any(Number) }],
      });
    },
  );
});

describe('the shipped parameters', () => {
  const { parameters, packs } = loadShippedSources();
  it.each(Object.keys(packs))('are never loosened by a pack: %s', (pack) => {
    expect(layerParameters(parseBaseParameters(parameters), packs[pack] ?? '', pack).isOk()).toBe(true);
  });
});
