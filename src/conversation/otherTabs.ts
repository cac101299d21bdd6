import type { OtherTab } from '../shared/tabs.ts';
import type { VoiceRecord } from './voiceRecord.ts';

/**
 * How much later a call of another tab counts than it left, ms: each tab has a way of its own to the server, and one may
 * be faster.
 */
const wayBetweenTabs = 100;

/** The other tabs of the guest, as far as they are heard (T-17). */
export const othersOf = ({ link }: VoiceRecord): readonly OtherTab[] => link?.others() ?? [];

/** Whether another tab is about to make a call. */
const isClaimedElsewhere = ({ link }: VoiceRecord): boolean => link?.isOtherCalling() === true;

/** When each of them last made a typing call, as this tab counts. */
export const callTimesElsewhere = (record: VoiceRecord): readonly number[] =>
  othersOf(record).flatMap(({ facts: { call } }) => (call ? [call.at + wayBetweenTabs] : []));

/** Whether a typing call of another tab is due or under way in the conversation. */
export const callsElsewhere = (record: VoiceRecord, conversationId: string): boolean =>
  isClaimedElsewhere(record) ||
  othersOf(record).some(
    ({ facts: { call } }) => call?.isUnderWay === true && call.conversationId === conversationId,
  );

/** When another tab last put the conversation's indicator out. */
export function stoppedElsewhereAt(record: VoiceRecord, conversationId: string): number | null {
  const stops = othersOf(record).flatMap(({ facts: { call } }) =>
    call && !call.isTyping && call.conversationId === conversationId ? [call.at] : [],
  );
  return stops.length > 0 ? Math.max(...stops) : null;
}

/** Whether somebody typed in the conversation in another tab after `since`. */
export const isTypedElsewhere = (record: VoiceRecord, conversationId: string, since: number): boolean =>
  othersOf(record).some(
    ({ facts: { typed } }) => typed?.conversationId === conversationId && since < typed.at,
  );

/** Whether a read call of another tab is due or under way in the conversation. */
export const readsElsewhere = (record: VoiceRecord, conversationId: string): boolean =>
  isClaimedElsewhere(record) || othersOf(record).some(({ facts }) => facts.reading === conversationId);
