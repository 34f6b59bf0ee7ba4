import { workflows } from '@meshclaw/workflows';
import { expect, test } from 'vitest';
import { parseWords } from './parse.js';
import { workflowCommand } from './workflow-command.js';

const entry = {
  id: 'look',
  title: 'Look',
  description: 'Looks.',
  phase: 'observe' as const,
  uses: [],
  positionals: ['server', 'path'],
  example: 'look a /b',
  input: {
    type: 'object',
    properties: {
      server: { type: 'string', description: 'which' },
      path: { type: 'string', default: '/' },
      minSizeKib: { type: 'integer' },
      deep: { type: 'boolean' },
      kinds: { type: 'array', items: { type: 'string' } },
      order: { type: 'string', enum: ['size', 'age'] },
    },
    required: ['server'],
  },
  load: () => Promise.reject(new Error('not loaded')),
};

test('positionals and options come from the input’s schema', () => {
  const { positionals, options } = workflowCommand(entry);
  expect(positionals).toEqual([
    { name: 'server', description: 'which', required: true },
    { name: 'path', description: '(default "/")', required: false },
  ]);
  expect(options).toMatchObject([
    { name: 'min-size-kib', value: 'number' },
    { name: 'deep' },
    { name: 'kinds', repeatable: true },
    { name: 'order', value: 'size|age' },
    { name: 'fail-on', value: 'severity' },
  ]);
});

test.each(Object.values(workflows).map((one) => [one.id, one] as const))(
  'the example of %s is a line that parses',
  (id, one) => {
    const [name, ...words] = one.example.split(' ');
    expect(name).toBe(id);
    expect(parseWords(workflowCommand(one), words).isOk()).toBe(true);
  },
);
