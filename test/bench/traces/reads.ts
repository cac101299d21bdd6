import { createConversation } from 'genesys-conversation-machine';
import { createScriptedTransport } from 'genesys-conversation-machine/testing';
import { randomOf } from './generator.ts';
import { quickClock } from './ours.ts';

/** Messages that come into view, by their numbers, in the order in which they were said; times in ms from the start. */
export interface ReadingSession {
  readonly views: readonly { readonly at: number; readonly message: number }[];
  readonly endsAt: number;
}

const shortestSession = 20_000;
const longestSession = 130_000;
const meanBurst = 6;
const medianGap = 350;
const spreadOfGaps = 0.9;
const shortestPause = 1500;
const longestPause = 20_000;
const inOneGo = 0.15;
const seenAgain = 0.15;

/**
 * Makes reading sessions out of a seed: somebody scrolls in bursts of about 6 messages, whose gaps are log-normal with a
 * median of 350 ms and a sigma of 0.9, pauses of 1.5 to 20 s between them. Of the messages 15 % come into view in one
 * go with the one before, and 15 % of the views are of a message that was seen.
 */
export function readingSessions(seed: number, sessions = 100): readonly ReadingSession[] {
  const random = randomOf(seed);
  return Array.from({ length: sessions }, () => {
    const length = random.between(shortestSession, longestSession);
    const views: { at: number; message: number }[] = [];
    let newest = 0;
    let time = 0;
    while (time < length) {
      for (let left = random.geometric(meanBurst); left > 0 && time < length; left -= 1) {
        const isOld = newest > 0 && random.chance(seenAgain);
        if (!isOld) newest += 1;
        views.push({ at: Math.round(time), message: isOld ? random.whole(1, newest) : newest });
        if (!random.chance(inOneGo)) time += medianGap * Math.exp(spreadOfGaps * random.normal());
      }
      time += shortestPause * (longestPause / shortestPause) ** random.next();
    }
    return { views, endsAt: Math.round(time) };
  });
}

/** How reading was told. */
export interface ReadingResult {
  readonly views: number;
  readonly calls: number;
  readonly callsPerView: number;
  /** From where a message was seen first to the first call that covers it, ms. */
  readonly meanLag: number;
  readonly longestLag: number;
  /** Messages that no call covers. */
  readonly lost: number;
}

/** This package as it reads: calls per view and lag, by the public API on the kit's stepped clock. */
export async function replayReads(
  sessions: readonly ReadingSession[],
  timing: { readonly collect?: number } = {},
): Promise<ReadingResult> {
  let views = 0;
  let calls = 0;
  let seen = 0;
  let lags = 0;
  let longestLag = 0;
  let lost = 0;
  for (const session of sessions) {
    const clock = quickClock();
    const transport = createScriptedTransport({ clock });
    const logger = (): void => {};
    const conversation = createConversation({
      transport,
      clock,
      timing,
      conversationId: 'c1',
      logger,
    }).start();
    const firstSeen = new Map<number, number>();
    for (const { at, message } of session.views) {
      await clock.advance(at - clock.now());
      if (!firstSeen.has(message)) {
        firstSeen.set(message, at);
        conversation.messageReceived({ messageId: `m${message}`, participantId: 'agent', position: message });
      }
      conversation.viewed(`m${message}`);
    }
    await clock.advance(session.endsAt + 60_000 - clock.now());
    conversation.stop();
    const told = transport.calls.map((call) => ({
      at: call.at,
      upTo: call.lane === 'read' ? Number(call.messageId?.slice(1)) : 0,
    }));
    views += session.views.length;
    calls += told.length;
    for (const [message, at] of firstSeen) {
      const covering = told.find(({ at: toldAt, upTo }) => toldAt >= at && upTo >= message);
      seen += 1;
      if (!covering) lost += 1;
      else {
        lags += covering.at - at;
        longestLag = Math.max(longestLag, covering.at - at);
      }
    }
  }
  return { views, calls, callsPerView: calls / views, meanLag: lags / seen, longestLag, lost };
}

/**
 * The least calls per view that anybody can do with who waits no longer than `lag` ms, knowing what will be seen: each
 * call leaves as late as it may, and covers what was seen until then.
 */
export function leastReads(sessions: readonly ReadingSession[], lag: number): number {
  let views = 0;
  let calls = 0;
  for (const session of sessions) {
    let newest = 0;
    let leavesAt = Number.NEGATIVE_INFINITY;
    views += session.views.length;
    for (const { at, message } of session.views) {
      if (message <= newest) continue;
      newest = message;
      if (at <= leavesAt) continue;
      calls += 1;
      leavesAt = at + lag;
    }
  }
  return calls / views;
}
