import { checkRecord } from '../shared/validate.ts';
import type { SandboxCall, SandboxLane } from './call.ts';

/** Picks calls: every property given must agree. `since` picks calls with a greater `n`. */
export interface CallFilter {
  /** Of this lane. */
  lane?: SandboxLane;
  /** About this conversation. */
  conversationId?: string;
  /** Of this participant. */
  participantId?: string;
  /** Typing calls that say so, or that say the opposite. */
  isTyping?: boolean;
  /** Over this transport. */
  transport?: SandboxCall['transport'];
  /** Frames of this action. */
  action?: string;
  /** Answered so; null: still pending. */
  status?: SandboxCall['status'];
  since?: number;
}

/** A filter, or a function that says whether a call is meant. */
export type CallMatcher = CallFilter | ((call: SandboxCall) => boolean);

const filterKeys = [
  'lane',
  'conversationId',
  'participantId',
  'isTyping',
  'transport',
  'action',
  'status',
  'since',
] as const satisfies readonly (keyof CallFilter)[];

/** What a matcher says of a call. Throws a `TypeError` for a filter with an unknown property. */
export function toPredicate(matcher: CallMatcher): (call: SandboxCall) => boolean {
  if (typeof matcher === 'function') return matcher;
  checkRecord('matcher', matcher, filterKeys);
  const { isTyping, since = 0, ...fields } = matcher;
  const expected = Object.entries(fields).filter(([, value]) => value !== undefined);
  return (call) =>
    call.n > since &&
    (isTyping === undefined || isTypingOf(call) === isTyping) &&
    expected.every(([key, value]) => call[key as keyof SandboxCall] === value);
}

function isTypingOf({ body, lane, transport }: SandboxCall): unknown {
  if (transport === 'socket') return lane === 'typing' ? true : undefined;
  return (body as { isTyping?: unknown } | null | undefined)?.isTyping;
}
