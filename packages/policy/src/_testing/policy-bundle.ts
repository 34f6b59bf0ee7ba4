/** Small policies compiled by OPA's own compiler, for tests. */

import type { DecisionRequest } from '@meshclaw/core';
import type { Rego } from '@meshclaw/rego';
import type { PolicyBundle } from '../bundle/bundle.js';
import { tarGz } from './tar-gz.js';

/** The entrypoint that every policy has to have. */
export const ENTRYPOINT = 'meshclaw/authz/decision';
/** The body of a decision that reads are allowed. */
export const DECISION = `{
	"request_id": input.request_id, "effect": "read_state", "class": "read", "obligations": [],
	"reasons": [{"rule": "x.y", "title": "t", "severity": "info", "message": "m"}],
}`;

/** The module of a policy with this text after its package. */
export async function wasmOf(
  rego: Rego,
  body: string,
  { entrypoint = ENTRYPOINT, builtins }: { readonly entrypoint?: string; readonly builtins?: 'all' } = {},
): Promise<Uint8Array> {
  const [name, rule] = [entrypoint.split('/').slice(0, -1).join('.'), entrypoint.split('/').at(-1)];
  const text = `package ${name}\n\n# METADATA\n# entrypoint: true\n${body.replace(/^decision/, rule ?? '')}\n`;
  const built = await rego.build({
    files: [{ path: 'authz.rego', text }],
    entrypoints: [entrypoint],
    ...(builtins === undefined ? {} : { builtins }),
  });
  if (!built.ok) throw new Error(JSON.stringify(built.error));
  return built.value.wasm;
}

/** A bundle around a module. */
export const bundleAround = (wasm: Uint8Array): PolicyBundle => ({
  wasm,
  data: {},
  digest: 'test',
  manifest: {
    ...{ format: 'meshclaw-policy/1', entrypoint: ENTRYPOINT, compiler: '' },
    ...{ wasm_sha256: '', data_sha256: '', sources: [], rules: [], loosened: [] },
  },
});

/** The archive that `opa build -t wasm` makes of a module. */
export const archiveOf = (wasm: Uint8Array, { data = '{}', entrypoint = ENTRYPOINT } = {}): Buffer =>
  tarGz([
    { name: '/data.json', bytes: data },
    { name: '/policy.wasm', bytes: wasm },
    {
      name: '/.manifest',
      bytes: JSON.stringify({ revision: '', roots: [''], wasm: [{ entrypoint, module: '/policy.wasm' }] }),
    },
  ]);

/** A question about reading a server; the subject's id is what faulty policies look at. */
export const question = (subject = 'codex', properties: unknown = {}): DecisionRequest => ({
  requestId: 'req-1',
  subject: { type: 'agent', id: subject },
  action: { name: 'host.facts', class: 'read', properties: properties as never },
  resource: { type: 'server', id: 'web1', properties: {}, facts: {} },
  context: {
    now: '2026-01-01T00:00:00.000Z',
    mode: 'execute',
    surface: 'sdk',
    freeze: false,
    exposed: false,
    recent: {},
  },
});
