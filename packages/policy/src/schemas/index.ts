/** Requests and decisions as they are on the wire, for programs without zod: types and JSON Schemas, generated from core's definitions. Loads nothing else. */

export { decisionSchema, type PolicyDecision } from './decision.gen.js';
export { type PolicyRequest, requestSchema } from './request.gen.js';
