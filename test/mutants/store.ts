import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where results wait for the next run. */
const place = join(process.cwd(), 'test', 'mutants', 'node_modules', '.cache');

/** What was stored under a name, or else what is given. */
export function stored<Value>(name: string, otherwise: Value): Value {
  try {
    return JSON.parse(readFileSync(join(place, `${name}.json`), 'utf8'));
  } catch {
    return otherwise;
  }
}

/** Stores a value whole, or not at all. */
export function store(name: string, value: unknown): void {
  mkdirSync(place, { recursive: true });
  const file = join(place, `${name}.json`);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(value));
  renameSync(fresh, file);
}
