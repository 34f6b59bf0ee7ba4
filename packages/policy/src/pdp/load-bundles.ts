/** Loads what a policy is made of: what is shipped in this process, everything else in threads with a deadline. */

import { err, ok, type Result } from 'neverthrow';
import type { PolicyBundle } from '../bundle/bundle.js';
import type { PolicyError } from '../errors.js';
import { type Answerer, type Confinement, createAnswerer } from './answerer.js';
import { type LoadedPdp, pdpOver } from './create-pdp.js';
import { thrownText } from './evaluate.js';

/** All or nothing. Err kinds: `policy.unusable_bundle`, with the path where it is a file of the owner's. */
export async function loadBundles(
  {
    shipped,
    owners,
    beside,
  }: { readonly shipped: PolicyBundle; readonly owners?: PolicyBundle; readonly beside: readonly PolicyBundle[] },
  deadlineMs: () => number,
): Promise<Result<LoadedPdp, PolicyError>> {
  const apart = { apart: deadlineMs };
  const all: readonly (readonly [PolicyBundle, Confinement])[] = [
    [shipped, 'here'],
    ...(owners === undefined ? [] : [[owners, apart] as const]),
    ...beside.map((bundle) => [bundle, apart] as const),
  ];
  const loaded = await Promise.all(all.map(([bundle, confinement]) => load(bundle, confinement)));
  const good = loaded.flatMap((one) => (one.isOk() ? [one.value] : []));
  const broken = loaded.find((one) => one.isErr());
  if (broken?.isErr()) {
    await Promise.all(good.map((one) => one.close()));
    return err(broken.error);
  }
  const [base, ...more] = good as [Answerer, ...Answerer[]];
  const [own, others] = owners === undefined ? [undefined, more] : [more[0], more.slice(1)];
  return ok(pdpOver({ shipped: base, ...(own === undefined ? {} : { owners: own }), beside: others }));
}

const load = (bundle: PolicyBundle, confinement: Confinement): Promise<Result<Answerer, PolicyError>> =>
  createAnswerer(bundle, confinement).then(
    (answerer) => ok(answerer),
    (cause: unknown) => {
      const { compiler, sources } = bundle.manifest;
      const path = compiler === 'prebuilt' ? sources[0]?.file : undefined;
      const told = { message: thrownText(cause), ...(path === undefined ? {} : { file: path }) };
      return err({
        kind: 'policy.unusable_bundle',
        message: 'a compiled bundle cannot be used',
        ...(path === undefined ? {} : { path }),
        diagnostics: [told],
        cause,
      });
    },
  );
