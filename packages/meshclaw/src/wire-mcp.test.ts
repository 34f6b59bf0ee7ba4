import { expect, test } from 'vitest';
import { createTemporaryHome } from './_testing/temporary-home.js';
import { openAt } from './open.js';
import { mcpParts } from './wire-mcp.js';

test('the MCP server is given reading, and neither granting, denying nor writing records', async () => {
  const { home, remove } = await createTemporaryHome();
  const handle = (await openAt(home))._unsafeUnwrap();
  try {
    const parts = mcpParts(handle, 'robot');
    expect(Object.keys(parts.approvals).sort()).toEqual(['list', 'show']);
    expect(Object.keys(parts.records)).toEqual(['find']);
    expect(Object.keys(parts).sort()).toEqual(['approvals', 'operationNamed', 'records', 'redact', 'session']);
    const hands = ['apply', 'check', 'collect', 'decide', 'perform', 'run'];
    expect(Object.keys(parts.session({ exposed: false })).sort()).toEqual(hands);
  } finally {
    await handle.close();
    await remove();
  }
});
