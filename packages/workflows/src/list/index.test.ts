import { createScriptedExecutor } from '@meshclaw/core/testing';
import { local } from '@meshclaw/executors/local';
import { errAsync } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { meshOn, targetOf } from '../_testing/index.js';
import { hostFacts } from '../operations/index.js';
import { list } from './index.js';

const properties = { tags: ['web', 'edge'], role: 'web', environment: 'production', criticality: 'high', note: 'x' };

describe('list', () => {
  it('tells what the inventory says, and touches no server', async () => {
    const untouched = createScriptedExecutor(() => {
      throw new Error('it was touched');
    });
    const { agent, ledger } = meshOn(
      [untouched],
      [targetOf('web1', 'scripted', properties), targetOf('db1', 'scripted')],
    );
    const report = await agent.run(list, {});
    expect(report).toMatchObject({ status: 'ok', problems: [], targets: [] });
    expect('data' in report && report.data.targets).toEqual([
      {
        id: 'web1',
        kind: 'server',
        reachedBy: ['scripted'],
        tags: ['web', 'edge'],
        role: 'web',
        environment: 'production',
        criticality: 'high',
        lastKnown: null,
      },
      expect.objectContaining({ id: 'db1', tags: [], role: null }),
    ]);
    expect(ledger.records).toEqual([]);
  });

  it('tells only what carries a tag', async () => {
    const { agent } = meshOn([local()], [targetOf('web1', 'local', properties), targetOf('db1', 'local')]);
    const report = await agent.run(list, { tag: 'edge' });
    expect(report).toMatchObject({ data: { targets: [{ id: 'web1' }] } });
  });

  it('tells how old the last recorded fact is', async () => {
    const { agent } = meshOn([local()], [targetOf('here', 'local')]);
    (await agent.perform(hostFacts, 'here', {}))._unsafeUnwrap();
    const report = await agent.run(list, {});
    expect(report).toMatchObject({
      data: { targets: [{ id: 'here', lastKnown: { ageSeconds: expect.any(Number) } }] },
    });
  });

  it('fails when the inventory cannot be read, instead of telling of an empty one', async () => {
    const { agent } = meshOn([local()], [], undefined, () => errAsync({ kind: 'unavailable', message: 'no file' }));
    expect(await agent.run(list, {})).toMatchObject({ status: 'failed', problems: [{ why: 'inventory_unavailable' }] });
  });
});
