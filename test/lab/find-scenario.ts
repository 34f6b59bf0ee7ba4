/** Scenarios by name, each loaded from its file. */

import { readdir } from 'node:fs/promises';
import type { Scenario } from './scenario.js';

const FOLDER = new URL('./scenarios/', import.meta.url);

/** Every scenario, by name. A file whose scenario bears another name throws. */
export async function scenarios(): Promise<ReadonlyMap<string, Scenario>> {
  const files = (await readdir(FOLDER)).filter((file) => /^[a-z-]+\.[jt]s$/.test(file)).sort();
  const found = await Promise.all(
    files.map(async (file) => {
      const { scenario } = (await import(new URL(file, FOLDER).href)) as { readonly scenario: Scenario };
      if (scenario.name !== file.slice(0, -3)) throw new Error(`${file} holds a scenario named ${scenario.name}`);
      return [scenario.name, scenario] as const;
    }),
  );
  return new Map(found);
}
