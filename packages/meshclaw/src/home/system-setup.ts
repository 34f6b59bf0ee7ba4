/** Sets a machine up so that MeshClaw has an OS user of its own: `init --system`. What was made is taken back when a later step fails. */

import { chown, lstat, mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { handText } from '@meshclaw/executors/notify';
import { err, ok, type Result } from 'neverthrow';
import { detailOf, type HomeError } from '../errors.js';
import { readPasswd } from './os-users.js';
import { unusable } from './safe-file.js';
import { SAMPLE_SETTINGS } from './samples.js';
import { SYSTEM_FILE } from './system.js';

export const SYSTEM_USER = 'meshclaw';
export const SYSTEM_HOME = '/var/lib/meshclaw';
const SYSTEM_FOLDER = '/etc/meshclaw';
/** Debian's and Fedora's places; what PATH says does not matter. */
const USERADD = '/usr/sbin/useradd';
const USERDEL = '/usr/sbin/userdel';
const PROGRAM_MS = 30_000;

/** One thing that has to be there. `make` is called only where it is not. */
interface Step {
  readonly what: string;
  isThere(): Promise<boolean>;
  make(): Promise<void>;
  undo(): Promise<void>;
}
export interface StepResult {
  readonly what: string;
  readonly state: 'made' | 'kept' | 'would make';
}

/** Does what is missing, or with `dryRun` says what that is. Err kinds: `meshclaw.home_unusable`; then nothing of it is left. */
export async function setUpSystem({
  dryRun,
}: {
  readonly dryRun: boolean;
}): Promise<Result<readonly StepResult[], HomeError>> {
  const results: StepResult[] = [];
  const made: Step[] = [];
  for (const step of STEPS) {
    try {
      if (await step.isThere()) results.push({ what: step.what, state: 'kept' });
      else if (dryRun) results.push({ what: step.what, state: 'would make' });
      else {
        made.push(step);
        await step.make();
        results.push({ what: step.what, state: 'made' });
      }
    } catch (cause) {
      // The failed step too: it may have got half way.
      for (const done of made.toReversed()) await done.undo().catch(() => undefined);
      return err(unusable(step.what, detailOf(cause)));
    }
  }
  return ok(results);
}

const SYSTEM_SETTINGS = `# What root fixed for MeshClaw on this machine. Environment and the files in the home can only tighten it.
home: ${SYSTEM_HOME}
policy:
  pack: homelab
# evidence:
#   anchors:
#     - file: /mnt/elsewhere/meshclaw-heads
`;

const STEPS: readonly Step[] = [
  {
    what: `user ${SYSTEM_USER}`,
    isThere: async () => (await readPasswd()).has(SYSTEM_USER),
    make: () =>
      program(
        USERADD,
        '--system',
        '--user-group',
        '--home-dir',
        SYSTEM_HOME,
        '--shell',
        '/usr/sbin/nologin',
        SYSTEM_USER,
      ),
    undo: () => program(USERDEL, SYSTEM_USER),
  },
  {
    what: SYSTEM_HOME,
    isThere: () => folderOf(SYSTEM_HOME, SYSTEM_USER, 0o700),
    make: async () => {
      await mkdir(SYSTEM_HOME, { mode: 0o700 });
      await give(SYSTEM_HOME);
    },
    undo: () => rmdir(SYSTEM_HOME),
  },
  {
    what: `${SYSTEM_HOME}/meshclaw.yaml`,
    isThere: () => exists(`${SYSTEM_HOME}/meshclaw.yaml`),
    make: async () => {
      await writeFile(`${SYSTEM_HOME}/meshclaw.yaml`, SAMPLE_SETTINGS, { flag: 'wx', mode: 0o600 });
      await give(`${SYSTEM_HOME}/meshclaw.yaml`);
    },
    undo: () => rm(`${SYSTEM_HOME}/meshclaw.yaml`),
  },
  {
    what: SYSTEM_FOLDER,
    isThere: () => folderOf(SYSTEM_FOLDER, 'root', 0o755),
    make: () => mkdir(SYSTEM_FOLDER, { mode: 0o755 }).then(() => undefined),
    undo: () => rmdir(SYSTEM_FOLDER),
  },
  {
    // The last: from here on every MeshClaw of this machine uses that home.
    what: SYSTEM_FILE,
    isThere: () => exists(SYSTEM_FILE),
    make: () => writeFile(SYSTEM_FILE, SYSTEM_SETTINGS, { flag: 'wx', mode: 0o644 }),
    undo: () => rm(SYSTEM_FILE),
  },
];

async function program(path: string, ...words: string[]): Promise<void> {
  const ended = await handText([path, ...words], '', PROGRAM_MS);
  if (ended.isErr()) throw new Error(`${path}: ${ended.error}`);
}

async function give(path: string): Promise<void> {
  const user = (await readPasswd()).get(SYSTEM_USER);
  if (user === undefined) throw new Error(`there is no user ${SYSTEM_USER}`);
  await chown(path, user.uid, user.gid);
}

/** A folder that is there is kept only as it has to be; anything else in its place is somebody's, and an error. */
async function folderOf(path: string, owner: string, mode: number): Promise<boolean> {
  const found = await lstat(path).catch((cause: { readonly code?: unknown }) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (found === undefined) return false;
  const uid = owner === 'root' ? 0 : (await readPasswd()).get(owner)?.uid;
  if (!found.isDirectory() || found.uid !== uid) throw new Error(`it is there, and is no folder of ${owner}`);
  if ((found.mode & 0o777 & ~mode) !== 0)
    throw new Error(`it is there with mode ${(found.mode & 0o777).toString(8)}; chmod ${mode.toString(8)}`);
  return true;
}

async function exists(path: string): Promise<boolean> {
  const found = await lstat(path).catch((cause: { readonly code?: unknown }) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  return found !== undefined;
}
