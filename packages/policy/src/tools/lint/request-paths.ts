/** Which paths a request can have, by its own schema: a rule that reads any other can never see a value there. */

import { wireRequestSchema } from '@meshclaw/core';
import { z } from 'zod';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
}

/** Answers the first step of a path (without `input`) that no request has; undefined when the path can exist. */
export function createRequestPaths(): (path: readonly string[]) => string | undefined {
  const root = z.toJSONSchema(wireRequestSchema) as Schema;
  return (path) => {
    let here: Schema | undefined = root;
    for (const step of path) {
      if (here === undefined || here.$ref !== undefined || here.anyOf !== undefined) return undefined; // any JSON
      const { properties = {}, additionalProperties }: Schema = here;
      if (Object.hasOwn(properties, step)) here = properties[step];
      else if (typeof additionalProperties === 'object') here = additionalProperties;
      else if (here.type === 'object' || here.type === 'string' || here.type === 'number') return step;
      else return undefined;
    }
    return undefined;
  };
}
