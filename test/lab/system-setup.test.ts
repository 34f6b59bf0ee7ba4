// `init --system` for real: on this machine's own /etc and /var/lib, written over in a namespace that ends with the test.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeKeyPair } from '../../packages/meshclaw/src/home/ssh-private-key.js';
import { whyNoLab } from './needs.js';

const bin = fileURLToPath(new URL('../../packages/meshclaw/dist/bin.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'meshclaw-system-'));
const why = whyNoLab();
const { privateKey, publicKey } = makeKeyPair('alice');
beforeAll(async () => {
  await writeFile(join(folder, 'alice.pub'), publicKey, { mode: 0o644 });
  await writeFile(join(folder, 'alice'), privateKey, { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a script as root where what it writes to /etc and /var/lib is gone afterwards. */
function inside(script: string): { readonly code: number | null; readonly said: string } {
  const layers = `exec 2>&1
set -e
mount -t tmpfs none /mnt
for of in /etc /var/lib; do
  mkdir -p "/mnt$of/upper" "/mnt$of/work"
  mount -t overlay overlay -o "lowerdir=$of,upperdir=/mnt$of/upper,workdir=/mnt$of/work" "$of"
done
rm -rf /etc/meshclaw /var/lib/meshclaw
set +e
meshclaw() { env -u MESHCLAW_HOME HOME=/root "$NODE" "$BIN" "$@"; }
own() { setpriv --reuid meshclaw --regid meshclaw --clear-groups env -u MESHCLAW_HOME HOME=/var/lib/meshclaw "$NODE" "$BIN" "$@"; }
other() { setpriv --reuid nobody --regid nogroup --clear-groups env HOME=/tmp "$@"; }
`;
  const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', NODE: process.execPath, BIN: bin, KEYS: folder };
  const ran = spawnSync('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', layers + script], {
    env: environment,
    encoding: 'utf8',
  });
  return { code: ran.status, said: ran.stdout };
}

test('a machine gets a user, a home and a file of root’s, once, and says first what it would be', {
  timeout: 120_000,
}, (context) => {
  if (why !== undefined) context.skip(why);
  const { said } = inside(`
echo "== dry"; meshclaw init --system --dry-run
ls -d /etc/meshclaw /var/lib/meshclaw; getent passwd meshclaw
echo "== made"; meshclaw init --system
echo "== again"; meshclaw init --system
echo "== there"; getent passwd meshclaw; stat -c '%U %a' /var/lib/meshclaw /etc/meshclaw /etc/meshclaw/meshclaw.yaml
echo "== own"; own config show
`);
  const part = (name: string) => said.split(/^== /m).find((text) => text.startsWith(name)) ?? '';
  expect(part('dry').match(/would make/g)).toHaveLength(5);
  expect(part('dry').match(/No such file/g)).toHaveLength(2);
  expect(part('made').match(/^made {2}/gm)).toHaveLength(5);
  expect(part('again').match(/^kept {2}/gm)).toHaveLength(5);
  expect(part('there')).toMatch(
    /^meshclaw:x:\d+:\d+::\/var\/lib\/meshclaw:\/usr\/sbin\/nologin\nmeshclaw 700\nroot 755\nroot 644\n/m,
  );
  expect(part('own')).toContain('an asker with a shell as another OS user: all of it');
});

test('an agent with a shell as another user reaches nothing of it, and takes no home of its own', {
  timeout: 120_000,
}, (context) => {
  if (why !== undefined) context.skip(why);
  const { said } = inside(`
meshclaw init --system >/dev/null
cp "$KEYS/alice.pub" /mnt/alice.pub; chmod 644 /mnt/alice.pub; chmod 755 /mnt
own approvers add alice /mnt/alice.pub >/dev/null 2>&1; echo "enrolled $?"
own run localhost 'touch /var/lib/meshclaw-made' >/dev/null 2>&1; echo "asked $?"
other cat /var/lib/meshclaw/approvers; other ls /var/lib/meshclaw
other sh -c 'echo x > /etc/meshclaw/meshclaw.yaml'
other env -u MESHCLAW_HOME "$NODE" "$BIN" approvals list; echo "listed $?"
other env MESHCLAW_HOME=/tmp/own-home "$NODE" "$BIN" run localhost id; echo "own home $?"
ls -d /tmp/own-home
own evidence verify >/dev/null; echo "verified $?"
`);
  expect(said).toContain('enrolled 0');
  expect(said).toContain('asked 4');
  expect(said.match(/Permission denied|EACCES|cannot create/g)?.length).toBeGreaterThanOrEqual(3);
  expect(said).toContain('listed 2');
  expect(said).toContain('says that the home is /var/lib/meshclaw');
  expect(said).toContain('own home 2');
  expect(said).toMatch(/own-home'?: No such file/);
  expect(said).toContain('verified 0');
});

test('what was made is taken back when a later part fails, and what was there before stays', {
  timeout: 120_000,
}, (context) => {
  if (why !== undefined) context.skip(why);
  const { said } = inside(`
mkdir /etc/meshclaw; chmod 777 /etc/meshclaw
meshclaw init --system; echo "ended $?"
getent passwd meshclaw; echo "user $?"
ls -d /var/lib/meshclaw; stat -c '%a' /etc/meshclaw
`);
  expect(said).toContain('it is there with mode 777');
  expect(said).toMatch(/ended [1-9]/);
  expect(said).toContain('user 2');
  expect(said).toMatch(/meshclaw'?: No such file/);
  expect(said.trim().endsWith('777')).toBe(true);
});
