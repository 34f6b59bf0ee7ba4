/** A home in a temporary folder, for tests. */

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Home, locateHome } from '../home/home.js';

export interface TemporaryHome {
  readonly home: Home;
  write(name: string, text: string, mode?: number): Promise<string>;
  remove(): Promise<void>;
}

/** An empty home that exists. */
export async function createTemporaryHome(): Promise<TemporaryHome> {
  const folder = await mkdtemp(join(tmpdir(), 'meshclaw-home-'));
  return {
    home: locateHome({}, folder),
    write: async (name, text, mode = 0o600) => {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      await chmod(path, mode);
      return path;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
