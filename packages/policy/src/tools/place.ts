/** Names of files as whoever asked knows them. */

import { join } from 'node:path';
import { OWNER } from '../bundle/check-modules.js';
import type { PolicyDiagnostic, PolicyError } from '../errors.js';

/** A place in a source; row and column are 1-based. */
export interface Place {
  readonly file: string;
  readonly row: number;
  readonly column: number;
}

/** The owner's files as paths below the folder that was named; files of ours keep their name. */
export const placedIn =
  (folder: string | undefined) =>
  (file: string): string =>
    folder !== undefined && file.startsWith(OWNER) ? join(folder, file.slice(OWNER.length)) : file;

/** The same error with its places as paths below the owner's folder. */
export function placeError(error: PolicyError, folder: string | undefined): PolicyError {
  const place = placedIn(folder);
  const diagnostics = error.diagnostics?.map(
    (one): PolicyDiagnostic => (one.file === undefined ? one : { ...one, file: place(one.file) }),
  );
  return diagnostics === undefined ? error : { ...error, diagnostics };
}
