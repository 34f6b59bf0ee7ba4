import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestCli, type TestCli } from '../../packages/meshclaw/src/_testing/cli.js';
import { connectMcp, type McpClient } from './mcp-client.js';

// Policies are compiled by the server while it waits, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 120_000 });

let cli: TestCli;
let client: McpClient;
beforeEach(async () => {
  cli = await createTestCli();
  await cli.run(['init']);
  await mkdir(join(cli.home, 'policies'), { recursive: true, mode: 0o700 });
  client = await connectMcp(cli, '2026');
});
afterEach(async () => {
  await client.close();
  await cli.remove();
});

const parameters = () => join(cli.home, 'policies', 'parameters.yaml');
const put = (text: string) => writeFile(parameters(), text, { mode: 0o600 });
const status = async () => JSON.stringify((await client.call('meshclaw_status')).told);
/** The server looks once a second at most, so a change counts for what is asked afterwards. */
const until = async (seen: (told: string) => boolean): Promise<string> => {
  for (;;) {
    const told = await status();
    if (seen(told)) return told;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
const records = async (type: string) =>
  JSON.parse((await cli.run(['evidence', 'list', '--type', type, '--json'])).stdout).records;

describe('a server that runs while its policy is changed', () => {
  test('decides by the changed one, keeps the last good one when the next is none, and says so until it is', async () => {
    expect(await status()).not.toContain('policy.reload_failed');
    const [first] = await records('policy.loaded');

    await put('changes_per_hour: 1\n');
    for (;;) {
      await status();
      if ((await records('policy.loaded')).length === 2) break;
    }

    await put('changes_per_hour: 999\n');
    const told = await until((text) => text.includes('policy.reload_failed'));
    expect(told).toContain('parameters.yaml:1:1');
    expect(told).toContain('"status":"findings"');
    expect(await records('policy.reload_failed')).toMatchObject([
      { body: { detail: expect.stringContaining('policy.looser_parameter') } },
    ]);
    const decided = await records('decision.made');
    expect(JSON.stringify(decided)).toContain('policy.reload_failed');
    // Another process that starts now has no last good policy: it denies everything and says where it is wrong.
    const started = await cli.run(['status']);
    expect([started.code, started.stderr]).toEqual([2, expect.stringContaining(`${parameters()}:1:1`)]);

    await rm(parameters());
    await until((text) => !text.includes('policy.reload_failed'));
    const loaded: readonly { policy: string }[] = await records('policy.loaded');
    expect(loaded.map(({ policy }) => policy)).toContain(first.policy);
    expect(loaded).toHaveLength(3);
  });
});
