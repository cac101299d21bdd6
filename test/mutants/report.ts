import type { Mutant } from './instrument.ts';
import type { Verdict } from './process.ts';
import { roomOf, type Unnoticed } from './scope.ts';
import { unnoticed } from './unnoticed/index.ts';

/** A mutant and how it fared. `unreached`: no test passes its place. */
export interface Result extends Omit<Mutant, 'id' | 'key'> {
  readonly status: Verdict['status'] | 'unreached';
  readonly by?: string;
  readonly message?: string;
  /** Why it may survive, where it is listed. */
  readonly why?: string;
}

/** How the mutants of one file fared. */
export interface Row {
  readonly file: string;
  readonly mutants: number;
  /** Noticed by a test, of these `timeout` by one that never ended. */
  readonly killed: number;
  readonly timeout: number;
  /** Noticed by none, of these `unreached` passed by none. */
  readonly survived: number;
  readonly unreached: number;
  /** Noticed by none and listed with a reason: they count neither way. */
  readonly listed: number;
  /** Of a hundred that are not listed, how many were killed. */
  readonly score: number;
  readonly floor: number;
}

const means = ({ file, code, from, to, nth }: Unnoticed, mutant: Omit<Mutant, 'id' | 'key'>): boolean =>
  file === mutant.file &&
  code === mutant.code &&
  (from ?? mutant.from) === mutant.from &&
  (to ?? mutant.to) === mutant.to &&
  (nth ?? mutant.nth) === mutant.nth;

/** Why a mutant may survive, where the list says so. */
export const whyListed = (mutant: Omit<Mutant, 'id' | 'key'>): string | undefined =>
  unnoticed.find((each) => means(each, mutant))?.why;

/** What the list names that is no mutant of these any more: its line was changed, and what it says may be wrong. */
export const outdated = (mutants: readonly Mutant[]): readonly Unnoticed[] => {
  const files = new Set(mutants.map(({ file }) => file));
  return unnoticed.filter((each) => files.has(each.file) && !mutants.some((mutant) => means(each, mutant)));
};

/** One row a file, in the order of their names. */
export function rowsOf(results: readonly Result[]): readonly Row[] {
  const files = [...new Set(results.map(({ file }) => file))].sort();
  return files.map((file) => {
    const own = results.filter((result) => result.file === file);
    const count = (...wanted: readonly Result['status'][]): number =>
      own.filter(({ status, why }) => why === undefined && wanted.includes(status)).length;
    const listed = own.filter(({ why }) => why !== undefined).length;
    const killed = count('killed', 'timeout');
    const counted = own.length - listed;
    return {
      file,
      mutants: own.length,
      killed,
      timeout: count('timeout'),
      survived: count('survived', 'unreached'),
      unreached: count('unreached'),
      listed,
      score: counted === 0 ? 100 : Math.floor((1000 * killed) / counted) / 10,
      floor: roomOf(file)?.floor ?? 0,
    };
  });
}

/** The rows as a table for a terminal, and as Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['file', 'mutants', 'killed', 'by time', 'survived', 'unreached', 'listed', 'score', 'floor'];
  const lines = rows.map((row) => [
    row.file,
    row.mutants,
    row.killed,
    row.timeout,
    row.survived,
    row.unreached,
    row.listed,
    `${row.score.toFixed(1)} %${row.score < row.floor ? ' **below**' : ''}`,
    `${row.floor} %`,
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A survivor, as one looks for what it means. */
export const told = ({ file, line, mutator, from, to, status }: Result): string =>
  `${status} ${file}:${line} ${mutator}: ${short(from)}  →  ${short(to)}`;

const short = (code: string): string => {
  const line = code.replaceAll(/\s+/g, ' ');
  return line.length > 90 ? `${line.slice(0, 87)}…` : line;
};
