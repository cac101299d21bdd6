import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readTrace, toTest, toTimeline } from '../trace/index.ts';

/** Longest file that is read as a trace, bytes. */
const longestFile = 64 * 1024 * 1024;

/**
 * What `trace FILE --svg` or `--test` prints: the trace as a timeline, or as a test. Throws a `TypeError` that says what
 * is wrong with the arguments, or an error that says what is wrong with the file.
 */
export async function traceCommand(args: string[]): Promise<string> {
  const { values, positionals } = parse(args);
  const [file, ...extra] = positionals;
  if (file === undefined || extra.length > 0) throw new TypeError('trace takes one file');
  if (Boolean(values.svg) === Boolean(values.test)) throw new TypeError('trace takes either --svg or --test');
  const text = await readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`${file} cannot be read (${code}); name the file that the inspector's page saved`);
  });
  if (text.length > longestFile) throw new Error(`${file} is longer than a trace can be`);
  const trace = readTrace(parseFile(file, text));
  return values.svg ? toTimeline(trace) : toTest(trace);
}

function parse(args: string[]) {
  try {
    const options = { svg: { type: 'boolean' }, test: { type: 'boolean' } } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new TypeError((error as Error).message);
  }
}

function parseFile(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is no JSON`);
  }
}
