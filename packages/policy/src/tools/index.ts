/** Tools over a policy for people and CI: tests, formatting, lint, explanation, comparison, guarantees. Apart from the package's root, so that deciding loads none of them. */

export { listPacks, type PackAbout, type PackParameter } from './catalogue/packs.js';
export { listRules, type PolicyRule } from './catalogue/rules.js';
export {
  type Answer,
  answerOf,
  compareDecisions,
  type Flip,
} from './compare/flips.js';
export { type ReadRequest, readRequest, readRequests, requestFrom } from './compare/read-requests.js';
export { type Replay, type ReplayedFlip, replayDecisions, type Unreplayable } from './compare/replay.js';
export { sampleRequests } from './compare/sample-requests.js';
export { openSide, type Side } from './compare/side.js';
export type { Change } from './explain/changes.js';
export type { Answered, ExplainedCondition, Explanation, NearMiss, TraceStep } from './explain/explanation.js';
export { createPolicyTools, type Explainer } from './explain/policy-tools.js';
export { type FormattedSource, formatPolicies } from './format.js';
export { type ImportedPolicy, type ImportedRule, importPolicyJson } from './import/import-policy-json.js';
export { lintPolicies, lintRules } from './lint/lint.js';
export { newRule, RULE_ID } from './new-rule.js';
export { type Place, placedIn, placeError } from './place.js';
export { type Reach, type ReachAnswer, type ReachOptions, type ReachTarget, reachOf } from './reach/reach.js';
export { byPlace, LEVELS, type Level, type PolicyFinding } from './report/finding.js';
export { type JunitCase, junitXml } from './report/junit.js';
export { type SarifRule, sarifLog } from './report/sarif.js';
export { policyTypes } from './shipped-data.js';
export {
  type FileCoverage,
  type PolicyTest,
  type PolicyTestRun,
  type TestPolicyOptions,
  testPolicies,
  type Uncovered,
} from './tests/run-tests.js';
export { junitTests } from './tests/test-junit.js';
export type { Guarantee, Tried, VerifiedGuarantee } from './verify/guarantee.js';
export { GUARANTEES, verifyPolicy } from './verify/verify.js';
