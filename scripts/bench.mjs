// Runs bench/*.mjs one after another, never side by side: they would measure each other. Each prints a ratio against a
// peer measured in the same run. Exits 1 when one fails, 2 when there is none of that name.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'bench');
const all = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.mjs'))
      .map(nameOf)
  : [];
const names = process.argv.length > 2 ? process.argv.slice(2) : all;
const unknown = names.find((name) => !all.includes(name));

if (unknown !== undefined) {
  process.stderr.write(`there is no benchmark "${unknown}"; there is: ${all.join(' ') || 'none'}\n`);
  process.exitCode = 2;
} else {
  process.stdout.write(`${environment()}\n`);
  const failed = names.filter((name) => !runs(name));
  if (failed.length > 0) process.stderr.write(`failed: ${failed.join(' ')}\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function nameOf(file) {
  return basename(file, '.mjs');
}

function runs(name) {
  process.stdout.write(`\n── ${name}\n`);
  const { status } = spawnSync(process.execPath, [join(folder, `${name}.mjs`)], { cwd: root, stdio: 'inherit' });
  return status === 0;
}

/** A figure means little without the machine it was taken on. */
function environment() {
  const processors = cpus();
  const system = existsSync('/etc/os-release')
    ? (/^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform)
    : process.platform;
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const load = loadavg()[0]?.toFixed(2);
  return `node ${process.version}, ${system}, ${processors.length} × ${processors[0]?.model ?? 'processor'}, ${memory}, load ${load}`;
}
