/** A scratch folder with a shell in which `meshclaw` is the built command. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../packages/meshclaw/dist/bin.js', import.meta.url));

export interface Shell {
  readonly folder: string;
  /** Runs a script as a CI service does: it ends at the first command that fails. Both streams, in `stdout` and `stderr`. */
  run(
    script: string,
    environment?: Readonly<Record<string, string>>,
  ): { code: number | null; stdout: string; stderr: string };
  remove(): Promise<void>;
}

/** Made anew for each test. */
export async function createShell(): Promise<Shell> {
  if (!existsSync(COMMAND)) throw new Error('packages/meshclaw is not built: run "node scripts/build.mjs"');
  const scratch = await mkdtemp(join(tmpdir(), 'meshclaw-example-'));
  const [programs, folder] = [join(scratch, 'bin'), join(scratch, 'work')];
  await mkdir(programs);
  await mkdir(folder);
  await writeFile(join(programs, 'meshclaw'), `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`, {
    mode: 0o755,
  });
  const { PATH = '', NODE_OPTIONS: _, ...inherited } = process.env;
  return {
    folder,
    run: (script, environment = {}) => {
      const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...inherited,
          PATH: `${programs}${delimiter}${PATH}`,
          MESHCLAW_HOME: join(folder, 'home'),
          ...environment,
        },
      });
      return { code: status, stdout, stderr };
    },
    remove: () => rm(scratch, { recursive: true, force: true }),
  };
}
