/** What is mutated, how many of a hundred mutants have to be noticed in each file, and the tests that judge them. */
export const rooms: readonly Room[] = [
  {
    folder: 'machines/session',
    floor: 95,
    judges: ['test/webMessaging', 'test/machines', 'test/testing', 'test/inspect', 'test/soak'],
  },
  { folder: 'machines/stream', floor: 95, judges: ['test/events', 'test/machines', 'test/soak'] },
  {
    folder: 'machines',
    floor: 95,
    judges: [
      'test/conversation',
      'test/reading',
      'test/machines',
      'test/testing',
      'test/tabs',
      'test/rest',
      'test/webMessaging',
      'test/events',
      'test/soak',
    ],
  },
  {
    folder: 'src/reading',
    floor: 90,
    judges: ['test/reading', 'test/conversation', 'test/tabs', 'test/soak'],
  },
  { folder: 'src/rest', floor: 90, judges: ['test/rest', 'test/events', 'test/testing', 'test/hostile'] },
  {
    folder: 'src/webMessaging',
    floor: 90,
    judges: ['test/webMessaging', 'test/testing', 'test/hostile', 'test/soak'],
  },
  { folder: 'src/events', floor: 90, judges: ['test/events', 'test/conversation', 'test/rest'] },
];

interface Room {
  readonly folder: string;
  readonly floor: number;
  readonly judges: readonly string[];
}

/** The room of a file: the first that it is in. */
export const roomOf = (file: string): Room | undefined =>
  rooms.find(({ folder }) => file.startsWith(`${folder}/`));

/** Tests in those folders that judge none, and why. */
export const noJudges: Readonly<Record<string, string>> = {
  'test/machines/drawnCharts.test.ts': 'a picture of a chart differs with every change of it, wrong or right',
  'test/tabs/chromium.test.ts': 'runs in a browser, from a page that is built',
  'test/reading/killedProcess.test.ts': 'runs the built package in processes of its own',
  'test/package/size.test.ts': 'measures bundles',
};

/** A mutant that nobody can notice, or ought to, and why. */
export interface Unnoticed {
  readonly file: string;
  /** The line that it begins in, as it stands in the file. */
  readonly code: string;
  /** What is changed, and into what; without these, every mutant of the line is meant. */
  readonly from?: string;
  readonly to?: string;
  /** Which of them, from 1, where lines are alike; without it all are meant. */
  readonly nth?: number;
  readonly why: string;
}
