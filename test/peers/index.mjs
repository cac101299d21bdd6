import { readFile } from 'node:fs/promises';

/** The package whose version counts, by the name of the driver; `null` for what is in no package. */
const packages = {
  lodash: 'lodash.throttle',
  tutorial: null,
};

/** The peers, by the names of their drivers. */
export const names = Object.keys(packages);

/** One guest in one conversation of that peer. README.md says what `world` is, and what comes back. */
export async function make(name, world) {
  const driver = await import(`./drivers/${name}.mjs`);
  const of = packages[name];
  const manifest =
    of && JSON.parse(await readFile(new URL(`node_modules/${of}/package.json`, import.meta.url), 'utf8'));
  return { version: manifest?.version ?? null, ...(await driver.make(world)) };
}
