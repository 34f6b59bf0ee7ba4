// OPA embedded in a Go program (embedded-opa.go), built with the module of the compiler of @meshclaw/rego.
import { spawn, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { writeShippedRego } from './shipped-rego.mjs';

/** Builds and starts it; undefined where there is no Go or its modules cannot be had. `times` decides for so many milliseconds. */
export function startEmbeddedOpa(first) {
  const { folder, remove } = writeShippedRego();
  const program = join(folder, 'embedded-opa.bin');
  const source = fileURLToPath(new URL('embedded-opa.go', import.meta.url));
  const compiler = fileURLToPath(new URL('../../packages/rego/compiler/', import.meta.url));
  const built = spawnSync('go', ['build', '-o', program, source], { cwd: compiler, stdio: 'ignore' });
  if (built.status !== 0) {
    remove();
    return undefined;
  }
  const input = `${folder}.input.json`;
  writeFileSync(input, JSON.stringify(first));
  const child = spawn(program, [folder, input], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    times: async (milliseconds) => {
      child.stdin.write(`${milliseconds}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error('the Go program ended');
      return JSON.parse(value);
    },
    stop: () => {
      child.stdin.end();
      remove();
      rmSync(input);
    },
  };
}
