/** The policy decision point over one bundle or several. It never rejects and never falls back to anything laxer. */

import { canonicalJson, type Decision, type PolicyAlarm, type PolicyDecisionPoint, sha256Hex } from '@meshclaw/core';
import type { PolicyBundle } from '../bundle/bundle.js';
import { type Answerer, createAnswerer, seenData } from './answerer.js';
import { heldBy, strictestOf } from './combine.js';
import { denyBecause } from './deny.js';
import { type CheckedRequest, createReadRequest } from './read-request.js';

export { ENTRYPOINT } from './answerer.js';

/** The default of a decision's deadline: far over what any policy of people takes, and no person notices it. */
export const DEADLINE_MS = 250;

/** A decision point that may have threads; close it when it is no longer asked. */
export interface LoadedPdp extends PolicyDecisionPoint {
  alarms(): readonly PolicyAlarm[];
  close(): Promise<void>;
}
/** Who answers: what is shipped, the same compiled together with the owner's rules, and whole bundles beside. */
export interface Answerers {
  readonly shipped: Answerer;
  readonly owners?: Answerer;
  readonly beside: readonly Answerer[];
}

/** Loads one bundle, in this process. Rejects when it is not usable; afterwards nothing rejects. */
export const createPdp = async (bundle: PolicyBundle): Promise<LoadedPdp> =>
  pdpOver({ shipped: await createAnswerer(bundle, 'here'), beside: [] });

/** The decision point over loaded bundles. Throws when the models of the shipped one are not whole. */
export function pdpOver({ shipped, owners, beside }: Answerers): LoadedPdp {
  const all = [shipped, ...(owners === undefined ? [] : [owners]), ...beside];
  const { seen, programs } = seenData(shipped.bundle);
  const readRequest = createReadRequest(seen, programs);
  const digest = digestOf((owners ?? shipped).bundle, beside);
  return {
    digest,
    decide: async (request) => {
      const started = performance.now();
      const asked = readRequest(request);
      const measured = { requestId: asked.id, policyDigest: digest, durationMs: performance.now() - started };
      if ('problem' in asked)
        return denyBecause('policy.invalid_request', { ...measured, inputDigest: '' }, asked.problem);
      if (all.length === 1) return shipped.answer(asked, started);
      const decision = await combined({ shipped, owners, beside } as Answerers, asked, started);
      return { ...decision, policyDigest: digest, durationMs: performance.now() - started };
    },
    alarms: () => (all.some((one) => one.isUnavailable()) ? [UNAVAILABLE] : []),
    close: async () => {
      await Promise.all(all.map((one) => one.close()));
    },
  };
}

async function combined(
  { shipped, owners, beside }: Answerers,
  asked: CheckedRequest,
  started: number,
): Promise<Decision> {
  const [base, own, ...others] = await Promise.all([
    shipped.answer(asked, started),
    owners?.answer(asked, started),
    ...beside.map((one) => one.answer(asked, started)),
  ]);
  const held = own === undefined ? base : heldBy(base, own, asked);
  return others.length === 0 ? held : strictestOf(held, others as readonly Decision[]);
}

/** Bundles beside the base are part of what decides. */
const digestOf = ({ digest }: PolicyBundle, beside: readonly Answerer[]): string =>
  beside.length === 0 ? digest : sha256Hex(canonicalJson([digest, ...beside.map(({ bundle }) => bundle.digest)]));

const UNAVAILABLE: PolicyAlarm = {
  id: 'policy.unavailable',
  severity: 'critical',
  title: 'The policy has failed several times in a row, and denies everything until it answers again',
  detail: '',
};
