import type { Player } from '../stage/score.ts';

/** What a lane of the timeline is called, from the guest to what others would have shown. */
export const lanes = [
  { id: 'keys', name: 'Guest’s keys', hint: 'the guest’s keys, and the silence after them' },
  { id: 'ours', name: 'Agent sees', hint: '“is typing”, as the agent is shown it' },
  { id: 'calls', name: 'Calls', hint: 'typing calls, with what the server answered' },
  { id: 'waits', name: 'Must wait', hint: 'why no call leaves: spacing, backoff, rate limit, offline' },
  { id: 'reads', name: 'Said and read', hint: 'messages, and read marks of both sides' },
  { id: 'debounce', name: 'Debounce', hint: 'what a debounce by hand would have shown for these keys' },
  { id: 'lodash', name: 'lodash', hint: 'what lodash.throttle and lodash.debounce would have shown' },
  { id: 'everyKey', name: 'Call per key', hint: 'what a call for every key would have shown' },
] as const;

export type LaneId = (typeof lanes)[number]['id'];

export const laneIndex = (id: LaneId | Player): number => lanes.findIndex((lane) => lane.id === id);

/** The lanes that an indicator has, and figures beside it. */
export const isPlayer = (id: string): id is Player =>
  id === 'ours' || id === 'debounce' || id === 'lodash' || id === 'everyKey';
