/** Finds in `inventory.yaml` how a server is reached by SSH, with the place in the file that a pin belongs to. */

import type { AskedServer } from '@meshclaw/executors/ssh';
import { err, ok, type Result } from 'neverthrow';
import { z } from 'zod';
import type { HomeError, UsageError } from '../errors.js';
import { type Path, parseSource } from './document.js';
import type { Home } from './home.js';
import { nearest } from './nearest.js';
import { readSafely } from './safe-file.js';

/** One address of a server. */
export interface SshReach {
  readonly host: string;
  readonly port: number;
  /** What leads there: the port, a configuration, servers on the way. As the file has it; the executor checks it. */
  readonly way: Pick<AskedServer, 'port' | 'ssh_config' | 'jump'>;
  /** The pinned host key, `type base64`. */
  readonly pinned: string | undefined;
  /** Where it is in the file. */
  readonly path: Path;
  /** The whole text that it was read from. */
  readonly text: string;
}

/** Only what is needed here: the whole file is checked by whoever loads it. */
const way = z.looseObject({
  executor: z.string(),
  host: z.string().optional(),
  port: z.int().min(1).max(65_535).optional(),
  host_key: z.string().optional(),
  ssh_config: z.string().optional(),
  jump: z.array(z.unknown()).optional(),
});
const servers = z.object({
  servers: z.union([
    z.array(z.looseObject({ name: z.string(), reach: z.array(way) })),
    z.record(z.string(), z.looseObject({ reach: z.array(way) })),
  ]),
});

/** The server's ssh address; `address` says which where there are several. Err kinds: every `HomeError`, `meshclaw.not_found`, `meshclaw.usage`. */
export async function findSshReach(
  home: Home,
  server: string,
  address: string | undefined,
): Promise<Result<SshReach, HomeError | UsageError>> {
  const text = await readSafely(home.inventory);
  if (text.isErr()) return err(text.error);
  if (text.value === undefined) return err(notFound('there is no inventory yet', 'begin with "meshclaw init"'));
  const source = parseSource(home.inventory, text.value);
  if (source.isErr()) return err(source.error);
  const parsed = servers.safeParse(source.value.value);
  if (!parsed.success) return err(notFound('the inventory has an error', '"meshclaw list" says where'));
  const entries = placed(parsed.data.servers);
  const entry = entries.find(({ name }) => name === server);
  if (!entry)
    return err(
      notFound(
        'the inventory has no such server',
        nearText(
          server,
          entries.map(({ name }) => name),
        ),
      ),
    );
  const ways = entry.reach.flatMap(({ executor, host, port, host_key: pinned, ssh_config, jump }, index) =>
    executor === 'ssh' && host !== undefined
      ? [
          {
            host,
            port: port ?? 22,
            pinned,
            way: { port, ssh_config, jump },
            path: [...entry.path, 'reach', index],
            text: text.value ?? '',
          },
        ]
      : [],
  );
  return chosen(ways, address);
}

function chosen(ways: readonly SshReach[], address: string | undefined): Result<SshReach, UsageError> {
  const fitting =
    address === undefined ? ways : ways.filter(({ host, port }) => address === host || address === `${host}:${port}`);
  const [only] = fitting;
  if (only && fitting.length === 1) return ok(only);
  const known = ways.map(({ host, port }) => `${host}:${port}`).join(', ');
  if (ways.length === 0) return err(notFound('this server is not reached by ssh', 'there is no host key to pin'));
  return err({
    kind: 'meshclaw.usage',
    message: 'say which address is meant, with --address',
    detail: `they are: ${known}`,
  });
}

function placed(found: z.output<typeof servers>['servers']) {
  return Array.isArray(found)
    ? found.map(({ name, reach }, index) => ({ name, reach, path: ['servers', index] as Path }))
    : Object.entries(found).map(([name, { reach }]) => ({ name, reach, path: ['servers', name] as Path }));
}

const nearText = (name: string, known: readonly string[]): string => {
  const near = nearest(name, known);
  return near === undefined ? '"meshclaw list" shows which there are' : `did you mean "${near}"?`;
};
const notFound = (message: string, detail: string): UsageError => ({ kind: 'meshclaw.not_found', message, detail });
