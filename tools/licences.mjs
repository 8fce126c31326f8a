import { readFileSync } from 'node:fs';

/** Licences that let a program under the MIT licence be handed on with what it needs. */
const ALLOWED = new Set([
  '0BSD',
  'AFL-2.1',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Every package of a lock file with its version and licence, by name. */
export function packagesOf(lock) {
  return Object.entries(lock.packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .map(([path, { version, license, dev }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license ?? 'unknown',
      isDevelopment: dev === true,
    }))
    .toSorted((left, right) => left.name.localeCompare(right.name));
}

/** Whether a licence expression can be met: one side of an `OR`, both of an `AND`. */
export function isAllowed(expression) {
  const inner = expression.replace(/^\((.*)\)$/, '$1');
  if (inner.includes(' OR ')) return inner.split(' OR ').some(isAllowed);
  if (inner.includes(' AND ')) return inner.split(' AND ').every(isAllowed);
  return ALLOWED.has(inner);
}

/** A line for each licence with how many packages have it; throws with the packages that may not be used. */
export function licenceReport(lockFile) {
  const packages = packagesOf(JSON.parse(readFileSync(lockFile, 'utf8')));
  const refused = packages.filter(({ licence }) => !isAllowed(licence));
  if (refused.length > 0)
    throw new Error(
      `expected licences of the list in tools/licences.mjs, was ${refused.map(({ name, version, licence }) => `${licence} (${name} ${version})`).join(', ')}`,
    );
  const counts = new Map();
  for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  return [...counts]
    .toSorted(([, left], [, right]) => right - left)
    .map(([licence, count]) => `${count} ${licence}`);
}
