/** Reads what the probe of `host.facts` printed. What is missing is an error where the answer needs it and `null` elsewhere, never zero. */

import type { ParseError } from '@meshclaw/core';
import { err, ok, type Result } from 'neverthrow';
import { unparseable, wholeNumber } from '../_text/read-text.js';

type Values = ReadonlyMap<string, string>;

const SYSTEMS = { Linux: 'linux', Darwin: 'darwin', FreeBSD: 'freebsd' } as const;

/** The facts in `key=value` lines. Err kinds: `unparseable_output`. */
export function parseHost(text: string) {
  const values = valuesOf(text);
  if (values.get('end') !== '1') return err(unparseable('the probe did not reach its end'));
  const os = SYSTEMS[values.get('system') as keyof typeof SYSTEMS];
  const [hostname, kernel, architecture] = [values.get('hostname'), values.get('kernel'), values.get('architecture')];
  const cpus = wholeNumber(values.get('cpus'));
  const memory = memoryOf(values);
  const load = loadOf(values.get('load'));
  const uptimeSeconds = uptimeOf(values);
  if (!os || !hostname || !kernel || !architecture) return err(unparseable('the probe told no known system'));
  if (!cpus || !memory || !load || uptimeSeconds === undefined)
    return err(unparseable('the probe told no load or memory'));
  const told = { hostname, os, kernel, architecture, cpus, memory, load, uptimeSeconds };
  const distribution = distributionOf(values);
  return placesOf(values).map((places) => ({
    ...told,
    ...places,
    distribution,
    swap: swapOf(values),
    bootId: values.get('boot_id')?.toLowerCase() ?? null,
  }));
}

/** The first value of each key: nothing that is printed later can replace one. */
function valuesOf(text: string): Values {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0 && !values.has(line.slice(0, at))) values.set(line.slice(0, at), line.slice(at + 1).trim());
  }
  return values;
}

const INITS = ['systemd', 'openrc', 'launchd', 'none'] as const;
const PACKAGES = ['apt', 'apk', 'dnf', 'pacman', 'opkg', 'none'] as const;
const USERLANDS = ['gnu', 'busybox', 'bsd'] as const;

interface Places {
  readonly init: (typeof INITS)[number];
  readonly packages: (typeof PACKAGES)[number];
  readonly userland: (typeof USERLANDS)[number] | null;
}

function placesOf(values: Values): Result<Places, ParseError> {
  const init = INITS.find((name) => name === values.get('init'));
  const packages = PACKAGES.find((name) => name === values.get('packages'));
  const userland = USERLANDS.find((name) => name === values.get('userland')) ?? null;
  return init && packages ? ok({ init, packages, userland }) : err(unparseable('the probe told no init or packages'));
}

function memoryOf(values: Values) {
  const totalKib = kib(values.get('meminfo.MemTotal')) ?? fromBytes(values.get('memsize') ?? values.get('physmem'));
  if (!totalKib) return undefined;
  const limit = fromBytes(values.get('limit.v2') ?? values.get('limit.v1'));
  // Version 1 of control groups says "no limit" with a number larger than any memory.
  const limitKib = limit !== undefined && limit < totalKib ? limit : null;
  return { totalKib, availableKib: availableOf(values) ?? null, limitKib };
}

function availableOf(values: Values): number | undefined {
  const available = kib(values.get('meminfo.MemAvailable'));
  if (available !== undefined) return available;
  const pageBytes = wholeNumber(/page size of (\d+) bytes/.exec(values.get('vm_stat.page_size') ?? '')?.[1]);
  const names = ['Pages free', 'Pages inactive', 'Pages speculative', 'Pages purgeable'];
  const pages = names.map((name) => wholeNumber(values.get(`vm_stat.${name}`)?.replace(/\.$/, '')));
  if (pageBytes === undefined || pages.includes(undefined)) return undefined;
  return Math.floor((pages.reduce<number>((sum, count) => sum + (count ?? 0), 0) * pageBytes) / 1024);
}

function swapOf(values: Values) {
  const [totalKib, freeKib] = [kib(values.get('meminfo.SwapTotal')), kib(values.get('meminfo.SwapFree'))];
  if (totalKib !== undefined && freeKib !== undefined) return { totalKib, freeKib };
  // macOS: "total = 2048.00M  used = 1024.25M  free = 1023.75M  (encrypted)"
  const mib = /total = (\d+\.\d+)M.*free = (\d+\.\d+)M/.exec(values.get('swapusage') ?? '');
  return mib ? { totalKib: Math.round(Number(mib[1]) * 1024), freeKib: Math.round(Number(mib[2]) * 1024) } : null;
}

/** Linux: `0.10 0.20 0.30 1/234 5678`; macOS and FreeBSD: `{ 0.10 0.20 0.30 }`. */
function loadOf(text: string | undefined) {
  const found = /^\{?\s*(\d+\.\d+) (\d+\.\d+) (\d+\.\d+)/.exec(text ?? '');
  return found ? { one: Number(found[1]), five: Number(found[2]), fifteen: Number(found[3]) } : undefined;
}

function uptimeOf(values: Values): number | undefined {
  const seconds = wholeNumber(/^(\d+)\./.exec(values.get('uptime') ?? '')?.[1]);
  if (seconds !== undefined) return seconds;
  const bootedAt = wholeNumber(/sec = (\d+)/.exec(values.get('boottime') ?? '')?.[1]);
  const now = wholeNumber(values.get('now'));
  return bootedAt === undefined || now === undefined || now < bootedAt ? undefined : now - bootedAt;
}

function distributionOf(values: Values) {
  const macos = values.get('release.macos');
  if (macos) return { id: 'macos', version: macos, title: `macOS ${macos}` };
  const id = unquoted(values.get('release.ID'));
  if (!id) return null;
  return {
    id,
    version: unquoted(values.get('release.VERSION_ID')) || null,
    title: unquoted(values.get('release.PRETTY_NAME')) || id,
  };
}

/** A value of os-release(5): plain, or in quotes with backslashes before special characters. */
function unquoted(text: string | undefined): string | undefined {
  const quoted = /^(["'])(.*)\1$/.exec(text ?? '');
  return quoted ? quoted[2]?.replace(/\\(.)/g, '$1') : text;
}

const kib = wholeNumber;
const fromBytes = (text: string | undefined): number | undefined => {
  // cgroup limits may be beyond safe integers; those are "no limit" anyway.
  const bytes = wholeNumber(text);
  return bytes === undefined ? undefined : Math.floor(bytes / 1024);
};
