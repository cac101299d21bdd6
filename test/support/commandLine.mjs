import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/**
 * Reads the arguments of a command of this repository, as `parseArgs` does. `--help` and `--version` print and end with
 * 0; what is no option, or no Node to run on, is said in one line and ends with 2.
 */
export function readCommandLine(help, options = {}, { allowPositionals = false } = {}) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    refuse(`This needs Node 20.19 or newer, and this is ${process.versions.node}`);
  }
  const given = { ...options, help: { type: 'boolean' }, version: { type: 'boolean' } };
  let read;
  try {
    read = parseArgs({ options: given, allowPositionals });
  } catch (error) {
    refuse(`${error.message.split(/\.\s/)[0]} (try: --help)`);
  }
  if (read.values.help) end(help);
  if (read.values.version) end(JSON.parse(readFileSync('package.json', 'utf8')).version);
  return read;
}

/** Says in one line why nothing can be done, and ends with 2. */
export function refuse(line) {
  process.stderr.write(`${line}\n`);
  process.exit(2);
}

function end(text) {
  process.stdout.write(`${text}\n`);
  process.exit(0);
}
