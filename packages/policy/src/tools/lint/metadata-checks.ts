/** Checks of what a rule says about itself and of where it stands. */

import { SEVERITIES } from '@meshclaw/core';
import { OWNER } from '../../bundle/check-modules.js';
import { type Complaint, type LintCheck, type LintedModule, ruleParts, TOP } from './check.js';

const NEEDED = ['id', 'severity', 'message', 'remediation', 'enforcement'];
/** What formatting functions replace: a message that has one is not the text that people read. */
const PLACEHOLDER = /%[sdvq]|\$\{|\{\{/;
/** It fires, it is silent, and it still fires when a field is missing. */
const LEAST_TESTS = 3;

const atPackage = ({ about }: LintedModule) => ({ row: about?.row ?? 1, col: 1 });

const metadata: LintCheck = {
  id: 'metadata',
  level: 'error',
  description: 'METADATA has a title, a description and custom.id, severity, message, remediation and enforcement',
  find: (module) => {
    if (!ruleParts(module.package)) return [];
    const { about } = module;
    if (about === undefined) return [{ at: TOP, message: 'the package has no METADATA' }];
    const at = atPackage(module);
    const texts = { title: about.title, description: about.description };
    const missing = [
      ...Object.entries(texts).flatMap(([name, text]) => (text === undefined || text === '' ? [name] : [])),
      ...NEEDED.flatMap((name) => (isText(about.custom[name]) ? [] : [`custom.${name}`])),
    ];
    const severity = about.custom.severity;
    return [
      ...missing.map((name) => ({ at, message: `METADATA lacks ${name}` })),
      ...(isText(severity) && !SEVERITIES.some((one) => one === severity)
        ? [{ at, message: `custom.severity is one of ${SEVERITIES.join(', ')}` }]
        : []),
    ];
  },
};

const staticText: LintCheck = {
  id: 'static-text',
  level: 'error',
  description: 'The texts of METADATA are what people read, without placeholders',
  find: (module) =>
    ['message', 'remediation'].flatMap((name) => {
      const text = module.about?.custom[name];
      return isText(text) && PLACEHOLDER.test(text)
        ? [{ at: atPackage(module), message: `custom.${name} has a placeholder; facts go into the reason by path` }]
        : [];
    }),
};

const idMatchesFolder: LintCheck = {
  id: 'id-matches-folder',
  level: 'error',
  description: 'Package, id, folder and file of a rule have the same name: <noun>/<name>/<name>.rego',
  find: (module) => {
    const parts = ruleParts(module.package);
    if (!parts) return [];
    const [, noun, name] = parts;
    const complaints: Complaint[] = [];
    if (module.file.split('/').slice(-3).join('/') !== `${noun}/${name}/${name}.rego`)
      complaints.push({ at: TOP, message: `the file of this package is ${noun}/${name}/${name}.rego` });
    const id = module.about?.custom.id;
    if (isText(id) && id !== `${noun}.${name}`)
      complaints.push({ at: atPackage(module), message: `custom.id is ${noun}.${name} for this package` });
    return complaints;
  },
};

const ownPackage: LintCheck = {
  id: 'own-package',
  level: 'error',
  description: 'A module of yours has a package of its own of the form meshclaw.rules.<noun>.<name>',
  find: ({ file, package: name, row }, { taken }) =>
    file.startsWith(OWNER) && (ruleParts(name)?.[0] !== 'rules' || taken.has(name))
      ? [{ at: { row, col: 1 }, message: `${name} is not yours to define` }]
      : [],
};

const tested: LintCheck = {
  id: 'tested',
  level: 'error',
  description: `A rule has a test file beside it with at least ${LEAST_TESTS} tests: it fires, it is silent, and it fires when a field is missing`,
  find: (module, { tests }) => {
    if (!ruleParts(module.package)) return [];
    const beside = module.file.replace(/\.rego$/, '_test.rego');
    const found = tests.get(beside);
    if (!found) return [{ at: TOP, message: 'there is no test beside it' }];
    const count = new Set(found.rules.map(({ name }) => name).filter((name) => name.startsWith('test_'))).size;
    return count >= LEAST_TESTS
      ? []
      : [{ at: TOP, message: `its test file has ${count} tests; ${LEAST_TESTS} are the least` }];
  },
};

const knownNoun: LintCheck = {
  id: 'known-noun',
  level: 'note',
  description: 'The noun of a rule is the noun of an operation, or any',
  find: (module, { operations }) => {
    const noun = ruleParts(module.package)?.[1];
    const known = ['any', ...Object.keys(operations).map((name) => name.split('.')[0])];
    return noun === undefined || known.includes(noun)
      ? []
      : [{ at: TOP, message: `no operation of the catalogue has the noun ${noun}: this rule is never asked` }];
  },
};

const loosens: LintCheck = {
  id: 'loosens',
  level: 'note',
  description: 'A rule that answers auto_safe or read_state can make an answer milder than its class',
  find: (module) =>
    module.rules
      .filter(({ name }) => ruleParts(module.package)?.[0] === 'rules' && /^(auto_safe|read_state)$/.test(name))
      .map(({ name, row, column }) => ({ at: { row, col: column }, message: `${name} can make an answer milder` })),
};

/** Checks of METADATA and layout. */
export const METADATA_CHECKS: readonly LintCheck[] = [
  ownPackage,
  metadata,
  staticText,
  idMatchesFolder,
  tested,
  knownNoun,
  loosens,
];

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
