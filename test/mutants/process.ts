import { type ChildProcess, fork } from 'node:child_process';
import type { Answer, FileCoverage, Question, Trial } from './messages.ts';

/** How a mutant fared. `timeout` is a kill as well: the test never ended. */
export type Verdict =
  | { readonly status: 'survived' }
  | { readonly status: 'killed' | 'timeout'; readonly by: string; readonly message: string };

/** The one process that runs the tests, begun anew where one of them left it in doubt. */
export function createWorker(script: string, bundle: string) {
  let child: ChildProcess | null = null;

  function end(): void {
    child?.kill('SIGKILL');
    child = null;
  }

  /** Resolves with the last word on a question; with `nth` where the test of that place never let go of it. */
  function ask(
    question: Question,
    limitOf: (nth: number) => number,
  ): Promise<Exclude<Answer, { type: 'at' }> | { readonly type: 'stuck'; readonly nth: number }> {
    child ??= fork(script, [bundle], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: ['--max-old-space-size=3000'],
    });
    const asked = child;
    return new Promise((resolve) => {
      let nth = -1;
      let timer: NodeJS.Timeout;
      const watch = (): void => {
        clearTimeout(timer);
        timer = setTimeout(stuck, nth < 0 ? 60_000 : limitOf(nth));
      };
      const stuck = (): void => {
        settle();
        end();
        resolve({ type: 'stuck', nth: Math.max(nth, 0) });
      };
      const settle = (): void => {
        clearTimeout(timer);
        asked.off('message', hear);
        asked.off('exit', stuck);
      };
      const hear = (answer: Answer): void => {
        if (answer.type === 'at') {
          nth = answer.nth;
          watch();
          return;
        }
        settle();
        resolve(answer);
      };
      asked.on('message', hear);
      asked.on('exit', stuck);
      watch();
      asked.send(question);
    });
  }

  /** What the tests of a file pass while nothing is mutated. */
  async function cover(file: string): Promise<FileCoverage> {
    const answer = await ask({ type: 'cover', file }, () => 120_000);
    if (answer.type === 'covered') return answer.coverage;
    return { file, tests: [], loaded: [], error: 'the process ended' };
  }

  /** Tries tests on a mutant, until one fails that holds without it. */
  async function judge(mutant: string, isLoaded: boolean, all: readonly Trial[]): Promise<Verdict> {
    let trials = all;
    const doubted = new Set<string>();
    while (trials.length > 0) {
      const answer = await ask(
        { type: 'try', mutant, isLoaded, trials },
        (nth) => 2 * (trials[nth]?.limitMs ?? 0) + 3000,
      );
      if (answer.type === 'survived' || answer.type === 'covered') break;
      const trial = trials[answer.nth];
      if (!trial) break;
      const by = `${trial.file} › ${trial.title}`;
      if (answer.type === 'stuck') {
        const control = await ask(
          { type: 'try', mutant: 'none', isLoaded: false, trials: [trial] },
          () => 2 * trial.limitMs + 3000,
        );
        if (control.type === 'survived')
          return { status: 'timeout', by, message: 'the process did not come back' };
        end();
      } else {
        if (answer.isCutOff || !answer.isSure) end();
        if (answer.isSure)
          return { status: answer.isCutOff ? 'timeout' : 'killed', by, message: answer.message };
      }
      // A test that fails without the mutant as well is asked once more by a fresh process, then left out.
      const rest = trials.slice(doubted.has(by) ? answer.nth + 1 : answer.nth);
      doubted.add(by);
      trials = rest;
    }
    return { status: 'survived' };
  }

  return { cover, judge, end };
}
