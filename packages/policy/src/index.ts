/** MeshClaw's policy decision point: Rego compiled to WebAssembly, where every failure is a denial. */

export { resolveAlias } from './aliases.js';
export { alternativesSchema } from './alternatives.js';
export type { BundleManifest, PolicyBundle } from './bundle/bundle.js';
export { type CompiledFiles, type CompileInput, compileBundle } from './bundle/compile.js';
export { layerParameters, parameterValues, parseBaseParameters } from './bundle/parameters.js';
export { loadShippedBundle } from './bundle/shipped.js';
export { sourceState } from './bundle/source-state.js';
export { classOf, createJudge, type Judge, parseModel } from './command/index.js';
export type { PolicyDiagnostic, PolicyError } from './errors.js';
export { type LivePolicyOptions, livePolicy } from './live-policy.js';
export { type OpenPolicyOptions, openPolicy, type Policy } from './open-policy.js';
export { OWN_CLASSES, type OwnClass, type OwnOperations } from './own-operations.js';
export { DEFAULT_PACK, PACKS, type Pack } from './packs/index.js';
export { createPdp, ENTRYPOINT } from './pdp/create-pdp.js';
export { denyBecause, type FailureRule } from './pdp/deny.js';
export { selfTest } from './self-test.js';
export { placeError } from './tools/place.js';
