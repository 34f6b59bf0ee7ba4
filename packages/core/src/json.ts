/** JSON as the rest of MeshClaw means it: what can be stored, digested and sent without loss. */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
