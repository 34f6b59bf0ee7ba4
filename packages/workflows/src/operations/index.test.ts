import { describe, expect, it } from 'vitest';
import * as named from './index.js';

const { operations } = named;
const exported = Object.values(named).filter((value) => 'action' in value);

describe('the catalogue', () => {
  it('loads every operation by its own name', async () => {
    for (const [name, load] of Object.entries(operations)) expect((await load()).name).toBe(name);
  });

  it('holds every operation that is exported', async () => {
    const loaded = await Promise.all(Object.values(operations).map((load) => load()));
    expect(new Set(loaded)).toEqual(new Set(exported));
  });
});
