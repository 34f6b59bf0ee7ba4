/** Where the shipped bundle lies: beside `src` and `dist`, whichever of them this runs from and however deep it was bundled. */

import { existsSync } from 'node:fs';

/** The folder's URL, with a slash at its end. Throws when the package is incomplete. */
export function shippedFolder(): URL {
  const found = ['../shipped/', '../../shipped/']
    .map((path) => new URL(path, import.meta.url))
    .find((folder) => existsSync(new URL('manifest.json', folder)));
  if (!found) throw new Error('the package lacks its shipped policy');
  return found;
}
