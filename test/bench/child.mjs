// Measures rows of one file, in a process of their own, and tells whoever started it.
import { createContext } from './context.mjs';

const { file, names, quick, withPeers } = JSON.parse(process.argv[2]);
const tell = (message) => new Promise((resolve) => process.send(message, resolve));
const { rows } = await import(new URL(`rows/${file}`, import.meta.url).href);
// What a package prints is no part of the result.
for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn']) console[method] = () => {};
const context = await createContext({
  quick,
  withPeers,
  log: (line) => process.stderr.write(`    ${line}\n`),
});

for (const row of rows.filter(({ name }) => names.includes(name))) {
  try {
    const { ours, baseline, figure = ours / baseline, ...rest } = await row.measure(context);
    await tell({ name: row.name, result: { figure, ours, baseline, ...rest } });
  } catch (error) {
    await tell({ name: row.name, failure: error?.stack ?? String(error) });
  }
}
process.exit(0);
