import { type Found, settled, tab } from './script.ts';

/** What soaks found in the world of tabs, made small: of the machines, or of a checker that took something right for wrong. */
export const tabs: Readonly<Record<string, Found>> = {
  'what was seen in another tab counts here too (R-5a)': {
    world: 'tabs',
    script: {
      ...{ kind: 'with a stop', count: 2, delays: [0, 0, 0], lost: 1, facts: 'none', isStored: false },
      steps: [
        ...[{ tab: 1, verb: 'toldOne', wait: 0, how: 0 }, tab('unread'), tab('key', 1000), tab('burst')],
        ...[tab('reload'), tab('key'), tab('key'), tab('key')],
      ],
      settling: settled,
    },
  },
  'a tab that is gone told one that has no place for what it had read (R-12)': {
    world: 'tabs',
    script: {
      ...{ kind: 'with a stop', count: 2, delays: [0, 0, 0], lost: 1, facts: 'both', isStored: false },
      steps: [
        ...[tab('toldOne'), tab('key', 3000), tab('reload')],
        ...[tab('viewOld'), tab('key'), tab('key', 1000)],
      ],
      settling: settled,
    },
  },
  'the last word of a tab says what it had read, where the word before comes after it (R-12)': {
    world: 'tabs',
    script: {
      ...{ kind: 'with a stop', count: 2, delays: [0, 0, 0], lost: 1, facts: 'none', isStored: false },
      steps: [
        ...[{ tab: 1, verb: 'key', wait: 0, how: 0 }, tab('key', 3000), tab('key', 1000), tab('told')],
        ...[tab('viewOld', 150), tab('bothSee'), tab('key', 150), tab('reload'), tab('key'), tab('key')],
      ],
      settling: { late: 30, order: 411315325 },
    },
  },
  'a tab that is loaded again is not told what was taken out (R-5)': {
    world: 'tabs',
    script: {
      ...{ kind: 'with a stop', count: 2, delays: [0, 1, 0], lost: 1, facts: 'none', isStored: false },
      steps: [
        ...[tab('key'), tab('bothSee'), tab('told'), { ...tab('removed', 1000), how: 13 }, tab('key')],
        ...[
          { ...tab('reload'), tab: 1 },
          { ...tab('readAll'), tab: 1 },
        ],
      ],
      settling: { late: 0, order: 187616124 },
    },
  },
  'what comes late below a mark whose message was taken out is read (R-7)': {
    world: 'tabs',
    script: {
      ...{
        kind: 'hard of hearing',
        count: 2,
        delays: [0, 0, 0],
        lost: 2,
        facts: 'position',
        isStored: false,
      },
      steps: [
        ...[tab('bothSee'), tab('toldOne'), { ...tab('removed'), how: 31 }, tab('toldLate')],
        ...[tab('viewOld', 3000), tab('key'), tab('key'), { ...tab('viewOld'), how: 4 }],
      ],
      settling: settled,
    },
  },
};
