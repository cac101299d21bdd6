import type { ConversationTrace, TraceFailure, TraceLane } from './types.ts';

/** A call of a trace, from its start to its answer. */
export interface TracedCall {
  readonly lane: TraceLane;
  /** What it said, as the scripted transport's log has it: `ON`, `OFF`, `READ m1`, `REFRESH`. */
  readonly what: string;
  readonly isTyping: boolean | undefined;
  readonly from: number;
  /** When it was answered or given up; none where neither was recorded. */
  readonly to: number | undefined;
  readonly outcome: 'accepted' | 'given up' | 'open' | TraceFailure;
}

/** The calls of a trace in the order in which they left. */
export function callsIn({ entries }: ConversationTrace): readonly TracedCall[] {
  const answers = new Map(
    entries.flatMap((each) => (each.kind === 'answer' ? [[each.call, each] as const] : [])),
  );
  return entries.flatMap((entry): TracedCall[] => {
    if (entry.kind !== 'call') return [];
    const answer = answers.get(entry.call);
    const outcome =
      answer === undefined ? 'open' : answer.isGivenUp ? 'given up' : (answer.failure ?? 'accepted');
    const { lane, isTyping, messageId, at: from } = entry;
    const what =
      lane === 'typing'
        ? isTyping
          ? 'ON'
          : 'OFF'
        : lane === 'read'
          ? `READ ${messageId ?? 'all'}`
          : 'REFRESH';
    return [{ lane, what, isTyping, from, to: answer?.at, outcome }];
  });
}
