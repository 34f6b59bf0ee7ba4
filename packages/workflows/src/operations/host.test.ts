import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ExecutorSession } from '@meshclaw/core';
import { createScriptedExecutor, exited } from '@meshclaw/core/testing';
import { local } from '@meshclaw/executors/local';
import { err } from 'neverthrow';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEBIAN, meshOn, outputOf, targetOf } from '../_testing/index.js';
import { hostFacts, hostReachability, memoryUsedPercent } from './host.js';

const fixture = (name: string) =>
  readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8').replace(/^#.*\n/, '');
const read = (text: string) => hostFacts.parse(exited(text), {}, DEBIAN);
// vm_stat, sysctl and sw_vers as in Apple's manual pages; no macOS machine was at hand.
const MACOS = `system=Darwin
hostname=mini.local
kernel=23.6.0
architecture=arm64
cpus=8
now=1722500600
release.macos=14.6
memsize=17179869184
swapusage=total = 2048.00M  used = 1024.25M  free = 1023.75M  (encrypted)
vm_stat.page_size=Mach Virtual Memory Statistics: (page size of 16384 bytes)
vm_stat.Pages free=    10000.
vm_stat.Pages inactive=  200000.
vm_stat.Pages speculative=    1000.
vm_stat.Pages purgeable=    2000.
load={ 1.50 1.25 1.00 }
boottime={ sec = 1722500000, usec = 0 } Thu Aug  1 08:13:20 2024
boot_id=AABBCCDD-0011-2233-4455-66778899AABB
init=launchd
packages=none
userland=bsd
end=1
`;

describe('host.facts', () => {
  let session: ExecutorSession;
  beforeAll(async () => {
    const bounds = { executionId: 'test', timeoutMs: 10_000, maxOutputBytes: 1_000 };
    session = (await local().open({}, bounds))._unsafeUnwrap();
  });

  it('reads the machine the test runs on', async () => {
    const host = await outputOf(session, hostFacts, {});
    expect(host).toMatchObject({ os: process.platform, hostname: expect.stringMatching(/./) });
    expect(host.memory.availableKib).toBeGreaterThan(0);
  });

  it('reads a Debian machine', () => {
    expect(read(fixture('host-debian.txt'))._unsafeUnwrap()).toMatchObject({
      hostname: 'web1',
      distribution: { id: 'debian', version: '12', title: 'Debian GNU/Linux 12 (bookworm)' },
      cpus: 2,
      memory: { totalKib: 24_683_656, availableKib: 23_563_144, limitKib: null },
      load: { one: 4.29, five: 3.01, fifteen: 1.63 },
      uptimeSeconds: 9485,
      packages: 'apt',
      userland: 'gnu',
    });
  });

  it('reads a machine with nothing but BusyBox', () => {
    expect(read(fixture('host-busybox.txt'))._unsafeUnwrap()).toMatchObject({ userland: 'busybox', packages: 'none' });
  });

  it('reads a macOS machine', () => {
    expect(read(MACOS)._unsafeUnwrap()).toMatchObject({
      os: 'darwin',
      distribution: { id: 'macos', version: '14.6', title: 'macOS 14.6' },
      memory: { totalKib: 16_777_216, availableKib: 3_408_000 },
      swap: { totalKib: 2_097_152, freeKib: 1_048_320 },
      load: { one: 1.5, five: 1.25, fifteen: 1 },
      uptimeSeconds: 600,
      bootId: 'aabbccdd-0011-2233-4455-66778899aabb',
    });
  });

  it('tells the facts that shape other operations', () => {
    const output = hostFacts.output.parse(read(fixture('host-debian.txt'))._unsafeUnwrap());
    const facts = new Map(hostFacts.facts?.(output, {}).map(({ name, value }) => [name, value]));
    expect(facts.get('platform.os')).toBe('linux');
    expect(facts.get('platform.userland')).toBe('gnu');
    expect(facts.get('memory.used_percent')).toBe(4.5);
    expect(facts.get('load.one_minute')).toBe(4.29);
    expect(facts.has('swap.used_percent')).toBe(false);
  });

  it('calls what is not told unknown and neither zero nor fine', () => {
    const text = fixture('host-debian.txt').replace(/^(meminfo.MemAvailable|userland|boot_id)=.*\n/gm, '');
    const output = hostFacts.output.parse(read(text)._unsafeUnwrap());
    expect([output.memory.availableKib, output.userland, output.bootId]).toEqual([null, null, null]);
    expect(memoryUsedPercent(output)).toBeNull();
    expect(hostFacts.facts?.(output, {}).map(({ name }) => name)).not.toContain('memory.used_percent');
  });

  it('knows the limit of a container', () => {
    const text = fixture('host-debian.txt').replace(/^limit.v1=.*$/m, 'limit.v2=536870912');
    expect(read(text)._unsafeUnwrap()).toMatchObject({ memory: { limitKib: 524_288 } });
  });

  it.each([
    ['is empty', ''],
    ['lost its end', fixture('host-debian.txt').replace('end=1\n', '')],
    ['has no memory', fixture('host-debian.txt').replace(/^meminfo.*\n/gm, '')],
    ['is of an unknown system', fixture('host-debian.txt').replace('system=Linux', 'system=Plan9')],
    ['is a message instead', 'This account is currently not available.\n'],
  ])('is no answer when the output %s', (_, text) => {
    expect(read(text)._unsafeUnwrapErr().kind).toBe('unparseable_output');
  });
});

describe('host.reachability', () => {
  const answer = (text: string) => hostReachability.parse(exited(text), {}, DEBIAN);

  it('tells who answered on the machine the test runs on, and how long it took', async () => {
    const bounds = { executionId: 'test', timeoutMs: 10_000, maxOutputBytes: 1_000 };
    const session = (await local().open({}, bounds))._unsafeUnwrap();
    const who = await outputOf(session, hostReachability, {});
    expect(who).toMatchObject({ hostname: hostname(), account: { uid: process.getuid?.() } });
    expect(hostReachability.facts?.(who, {})).toContainEqual({
      name: 'host.round_trip',
      value: who.roundTripMs,
      unit: 'ms',
    });
  });

  it('reads a Debian machine', () => {
    expect(answer(fixture('reachability.txt'))._unsafeUnwrap()).toEqual({
      hostname: 'web1',
      account: { uid: 0, name: 'root' },
      roundTripMs: 1,
    });
  });

  it('takes no notice of what the account prints before, and knows an account without a name', () => {
    const text = 'Welcome!\nhostname=web1\nuid=1042\nname=1042\nend=1\n';
    expect(answer(text)._unsafeUnwrap()).toMatchObject({ account: { uid: 1042, name: null } });
  });

  it.each([
    ['empty', ''],
    ['a message', 'This account is currently not available.\n'],
    ['without its end', 'hostname=web1\nuid=0\nname=root\n'],
    ['without a name of the host', 'hostname=\nuid=0\nname=root\nend=1\n'],
  ])('is no answer when the output is %s', (_, text) => {
    expect(answer(text)._unsafeUnwrapErr().kind).toBe('unparseable_output');
  });

  it('is a refusal and no answer when the server cannot be reached', async () => {
    const gone = createScriptedExecutor(async () => err({ kind: 'unreachable', message: 'as the test says' }));
    const { agent } = meshOn([gone], [targetOf('web1', 'scripted')]);
    const refusal = (await agent.perform(hostReachability, 'web1', {}))._unsafeUnwrapErr();
    expect(refusal).toMatchObject({ kind: 'not_sent', error: { kind: 'unreachable' } });
  });
});
