import { isSilent, silencesIn } from './silences.ts';
import { type Guest, isOne, openIn, settledOf, type World, type WorldCall } from './world.ts';

/** Verbs that end an episode at once. */
const ending: ReadonlySet<string> = new Set([
  'messageSent',
  'sendMessage',
  'stopTyping',
  'hide',
  'freeze',
  'close',
  'leave',
  'end',
]);

/** Edges that end an episode after a blink. */
export const edges: ReadonlySet<string> = new Set(['clearInput', 'blurInput']);

/** Verbs that say nothing about who types. */
export const beside = [
  ...['keystroke', 'viewed', 'seen', 'markAsRead', 'markAsUnread', 'messageReceived', 'historyReceived'],
];

/** A moment's time, and its place in the trace. */
export interface Place {
  readonly at: number;
  readonly index: number;
}

/** The last key of a handle before a place, and whether its episode was ended since. */
export function lastKey(world: World, guest: Guest, index: number) {
  const at = world.moments[index]?.at ?? world.until;
  const key = guest.inputs.findLast(({ verb, index: place }) => verb === 'keystroke' && place < index);
  if (!key) return null;
  // A view that is drawn anew leaves and starts in one task, and nothing has happened then.
  const isTakenBack = (place: number): boolean => {
    const [leave, start] = [world.moments[place], world.moments[place + 1]];
    return (
      leave?.kind === 'input' && leave.verb === 'leave' && start?.kind === 'input' && start.verb === 'start'
    );
  };
  const since = guest.inputs.filter(
    (input) => input.index > key.index && input.index < index && !isTakenBack(input.index),
  );
  const isEnded = since.some(
    ({ verb, with: given, at: when }) =>
      ending.has(verb) ||
      (verb === 'shareTyping' && given[0] === false) ||
      (verb === 'open' && given[0] !== openIn(world, guest, key.index)) ||
      (edges.has(verb) && at - when >= guest.began.timing.blink + world.slack),
  );
  const jumps = world.all('wall').filter((jump) => jump.index > key.index && jump.index <= index);
  const wallAge = at - key.at + jumps.reduce((sum, { ms }) => sum + ms, 0);
  /** Whether its episode may end any moment, since the box was emptied or left. */
  const isFaltering = since.some(({ verb }) => edges.has(verb));
  return { key, age: at - key.at, wallAge, isEnded, isFaltering };
}

/** Whether a bot's work is under way. */
export function isWorking(world: World, guest: Guest, index: number): boolean {
  const begun = guest.inputs.filter(({ verb, index: place }) => verb === 'typeWhile' && place < index).length;
  const over = settledOf(world, 'typeWhile').filter(
    ({ who, index: place }) => who === guest.who && place < index,
  ).length;
  return begun > over;
}

/** Whether the guest had their typing kept to themselves at a place. */
export const isKeptPrivate = ({ inputs }: Guest, at: number): boolean =>
  inputs.findLast(({ verb, index }) => verb === 'shareTyping' && index < at)?.with[0] === false;

/** Whether the last key before a place was pressed while the guest kept their typing to themselves. */
export function isOfPrivateKeys(world: World, guest: Guest, index: number): boolean {
  const key = lastKey(world, guest, index)?.key;
  return key !== undefined && isKeptPrivate(guest, key.index) && !isWorking(world, guest, index);
}

/** Whether a call that is due by a time can be held against the trace: nothing else happened, nothing hangs. */
export function mayExpect(
  world: World,
  guest: Guest,
  from: number,
  due: number,
  verbs?: readonly string[],
): boolean {
  const last = world.indexAfter(due + world.slack);
  const startedAt = world.moments[from]?.at ?? 0;
  return (
    isOne(world) &&
    world.until > due + world.slack &&
    guest.stoppedAt >= last &&
    world.state(guest, 'link', from + 1) === 'ready' &&
    world.isCalm(from, last, verbs) &&
    world.isOnTime(startedAt, due + world.slack) &&
    !isSilent(silencesIn(world), startedAt, due) &&
    world.calls.every((call) => call.index >= last || (call.answer !== null && call.answer.index < last)) &&
    !world.state(guest, 'typing', from + 1).startsWith('disabled') &&
    !world.state(guest, 'typing', from + 1).startsWith('parked')
  );
}

export const isWithin = (call: WorldCall, from: number, due: number, slack: number): boolean =>
  call.index > from && call.at <= due + slack;

export const isDisturbed = (
  world: World,
  from: WorldCall,
  to: WorldCall,
  verbs: readonly string[],
): boolean => !world.isCalm(from.index, to.index, verbs) || !world.isOnTime(from.at, to.at);

export const lastBefore = (calls: readonly WorldCall[], index: number): WorldCall | undefined =>
  calls.findLast((call) => call.index < index);

/** What a typing call was made after, where that was accepted before. */
export function acceptedBefore(world: World, call: WorldCall): WorldCall | undefined {
  const before = world.typing.findLast(({ index }) => index < call.index);
  return before?.answer?.outcome === 'accepted' && before.answer.index < call.index ? before : undefined;
}

/** The one handle of a trace, where only keys make it type, and no message of the guest's comes in by itself. */
export function typistIn(world: World): Guest | undefined {
  const [guest] = world.conversations;
  const isPlain = guest?.inputs.every(({ verb, with: [given] }) => {
    const { participantId } = (given ?? {}) as { participantId?: unknown };
    const isOwn = participantId !== undefined && participantId === guest.began.participantId;
    return verb !== 'typeWhile' && !(verb === 'messageReceived' && isOwn);
  });
  return isOne(world) && isPlain ? guest : undefined;
}

/** When the next typing call may leave after those before a place. */
export function freeAt(world: World, guest: Guest, index: number): number {
  const last = lastBefore(world.typing, index);
  return last ? last.at + guest.began.timing.spacing : Number.NEGATIVE_INFINITY;
}

export const isLitAt = (world: World, guest: Guest, index: number): boolean =>
  world.state(guest, 'typing', index).startsWith('typing.lit');

export const noFailureBefore = (world: World, index: number): boolean =>
  lastBefore(world.typing, index)?.answer?.outcome !== 'failed';
