/** What comes with the package: the base policy compiled, and its sources for compiling it together with an owner's. */

import { readFileSync } from 'node:fs';
import type { JsonObject } from '@meshclaw/core';
import type { Alternatives } from '../alternatives.js';
import { type PolicyBundle, parseBundle } from './bundle.js';
import { shippedFolder } from './shipped-folder.js';

/** The sources and parameters of the base policy. */
export interface ShippedSources {
  readonly modules: readonly { readonly path: string; readonly text: string }[];
  readonly operations: JsonObject;
  /** Argument models of programs. */
  readonly programs: readonly JsonObject[];
  /** The text of `parameters.yaml`. */
  readonly parameters: string;
  /** The text of each pack's `parameters.yaml`, by the pack's name. */
  readonly packs: Readonly<Record<string, string>>;
}

/** The precompiled base policy, checked against its manifest. */
export function loadShippedBundle(): PolicyBundle | { readonly problem: string } {
  try {
    const read = (name: string) => readFileSync(new URL(name, shippedFolder()));
    return parseBundle({
      wasm: read('policy.wasm'),
      data: read('data.json').toString('utf8'),
      manifest: read('manifest.json').toString('utf8'),
    });
  } catch {
    return { problem: 'the package lacks its shipped policy' };
  }
}

/** What to ask for instead of commands that are stopped. Throws when the package is incomplete. */
export const loadAlternatives = (): Alternatives =>
  JSON.parse(readFileSync(new URL('alternatives.gen.json', shippedFolder()), 'utf8')) as Alternatives;

/** The sources the shipped bundle was compiled from. */
export const loadShippedSources = (): ShippedSources =>
  JSON.parse(readFileSync(new URL('modules.gen.json', shippedFolder()), 'utf8')) as ShippedSources;
