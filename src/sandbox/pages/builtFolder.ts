import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ContractError } from '../shared/contractError.ts';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** A file of a page: its text, and the `Content-Type` that it is served with. */
export interface BuiltFile {
  readonly text: string;
  readonly type: string;
}

/**
 * Reads the files of a page that was built beside the sandbox: in `folder` next to this file where it is bundled, in
 * what was built last where the sources run. Throws a 404 `ContractError` for a name that is not in it.
 */
export function builtFolder(folder: string): (name: string) => Promise<BuiltFile> {
  const places = [`./${folder}/`, `../../../dist/src/sandbox/${folder}/`].map(
    (path) => new URL(path, import.meta.url),
  );
  return async (name) => {
    const place = places.find((each) => existsSync(fileURLToPath(each)));
    // Only a name that is in the folder is ever joined to its path.
    const isThere = place !== undefined && (await readdir(place)).includes(name);
    if (!isThere) throw new ContractError(404, 'not.found', `There is no such file of the ${folder}.`);
    const text = await readFile(new URL(name, place), 'utf8');
    return { text, type: types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream' };
  };
}
