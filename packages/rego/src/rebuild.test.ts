// Builds the compiler module again and compares it with the recorded digest. It needs the Go version that made it and
// the modules of go.mod, from Go's cache or its proxy; without them it is skipped and says why.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const compiler = fileURLToPath(new URL('../compiler/', import.meta.url));
const recorded = JSON.parse(readFileSync(join(compiler, 'regoc.json'), 'utf8')) as { go: string; opa: string };

/** Fetching the modules and a build from an empty cache take some 100 s on two cores. */
const REBUILD_LIMIT_MS = 600_000;

const local = { ...process.env, GOTOOLCHAIN: 'local' };
const target = { ...local, GOOS: 'wasip1', GOARCH: 'wasm', GOFLAGS: '-mod=readonly' };

/** Why the module cannot be built here, or undefined when it can. */
function obstacle(): string | undefined {
  try {
    const version = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', env: local }).trim();
    if (version !== recorded.go) return `the module was made with ${recorded.go} and this is ${version}`;
  } catch {
    return 'there is no go command';
  }
  try {
    execFileSync('go', ['list', '-deps', '.'], {
      cwd: compiler,
      stdio: 'ignore',
      env: target,
      timeout: REBUILD_LIMIT_MS,
    });
  } catch {
    return 'the Go modules are neither cached nor reachable';
  }
  return undefined;
}

const reason = obstacle();

describe('the compiler module', () => {
  const folder = mkdtempSync(join(tmpdir(), 'regoc-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it(
    'has the recorded digest when it is built again',
    async (context) => {
      if (reason !== undefined) context.skip(reason);
      const built = join(folder, 'regoc.wasm');
      await run('sh', [join(compiler, 'build.sh'), 'raw', built], { timeout: REBUILD_LIMIT_MS });
      const digest = createHash('sha256').update(readFileSync(built)).digest('hex');
      expect(`${digest}  regoc.wasm\n`).toBe(readFileSync(join(compiler, 'regoc.wasm.sha256'), 'utf8'));
    },
    REBUILD_LIMIT_MS,
  );
});
