import { readCommandLine, refuse } from '../support/commandLine.mjs';
import { faults } from './faults.ts';
import { end, plant } from './plant.ts';

/** Prints one line of the table. */
const print = (...cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);

const help = `npm run faults -- [clause …]

Plants every fault of test/faults/planted, one at a time, and prints which clause finds it; with clauses, only those that
break these.

  --version   print the version
  --help      print this

Examples:
  npm run faults
  npm run faults -- T-2 R-4

Exit code 0: every fault was found by the clause it breaks; 1: one was not; 2: wrong arguments.`;

const { positionals: wanted } = readCommandLine(help, {}, { allowPositionals: true });
const unknown = wanted.filter((id) => !faults.some(({ clause }) => clause === id));
if (unknown.length > 0) refuse(`No planted fault breaks ${unknown.join(' or ')} (try: --help)`);
const chosen = faults.filter(({ clause }) => wanted.length === 0 || wanted.includes(clause));
const missed: string[] = [];
print('clause', 'planted fault', 'found by', 'at');
print('---', '---', '---', '---');
for (const fault of chosen) {
  const { [fault.shows]: violations = [] } = await plant(fault, [fault.shows]).catch((error: unknown) => {
    console.log(String(error));
    return {} as Awaited<ReturnType<typeof plant>>;
  });
  const found = violations.find(({ clause }) => clause === fault.clause);
  if (!found) missed.push(fault.what);
  const others = [...new Set(violations.map(({ clause }) => clause))].filter(
    (clause) => clause !== fault.clause,
  );
  print(
    fault.clause,
    fault.what,
    found
      ? [fault.clause, ...others].join(', ')
      : `**missed**${others.length > 0 ? ` (${others.join(', ')} found it)` : ''}`,
    found ? `${found.at} ms: ${found.message}` : fault.shows,
  );
}
console.log(
  `\n${chosen.length - missed.length} of ${chosen.length} planted faults were found by the clause they break.`,
);
await end();
if (missed.length > 0) process.exitCode = 1;
