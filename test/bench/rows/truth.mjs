// How many calls the seeded traces take, and how true the indicator is; deterministic, the same on every machine.
import { loadTraces } from '../traces/load.mjs';

const unit = 'calls/min @ % wrong';
const traces = loadTraces();

const typing = (name, title, row, bounds) => ({
  name: `truth.${name}`,
  title,
  unit,
  ...bounds,
  async measure({ quick }) {
    const { typingRows } = await traces;
    const { callsPerMinute, wrong, ...rest } = await typingRows[row](quick ? { sessions: 20 } : {});
    const { falselyLit, falselyDark, longestDark } = rest;
    return {
      figure: [round(callsPerMinute), round(wrong)],
      note: `${round(falselyLit)} % falsely lit, ${round(falselyDark)} % falsely dark, ${Math.round(longestDark)} ms at most`,
      detail: rest,
    };
  },
});

const round = (value) => Math.round(value * 100) / 100;

export const rows = [
  typing('rest', 'REST, stop available', 'rest', { must: [14.8, 0.6], aim: [14.7, 0.52] }),
  typing('thrifty', 'REST by the preset `thrifty`', 'thrifty', { must: [9.9, 5], aim: [9.7, 4.7] }),
  typing('socket', 'on-only socket, 5 s', 'socket', { must: [9.2, 6.6], aim: [8.9, 6.4] }),
  typing('failing', '10 % of calls fail (REST)', 'restFailing', { must: [16, 2.5], aim: [16, 2] }),
  typing('socketFailing', '10 % of calls fail (socket)', 'socketFailing', {}),
  {
    name: 'truth.hang',
    title: 'a call that hangs: longest dark time',
    unit: 's',
    must: 4,
    aim: 3,
    async measure() {
      const { longestDarkWithHang } = await traces;
      return { figure: (await longestDarkWithHang()) / 1000 };
    },
  },
  {
    name: 'truth.reads',
    title: 'read calls per view at a lag budget of 1 s',
    unit: '×',
    baseline: 'offline minimum',
    must: 1.05,
    aim: 1.01,
    absolute: 'calls/view',
    async measure({ quick }) {
      const { readsAt } = await traces;
      const result = await readsAt(1000, quick ? { sessions: 10 } : {});
      const { callsPerView, overLeast, meanLag, longestLag, lost } = result;
      return {
        figure: overLeast,
        ours: callsPerView,
        baseline: callsPerView / overLeast,
        note: `lag ${Math.round(meanLag)} ms, ${longestLag} at most, ${lost} lost`,
      };
    },
  },
];
