import { createConversation } from 'genesys-conversation-machine';
import {
  createScriptedTransport,
  createSteppedClock,
  recordTrace,
} from 'genesys-conversation-machine/testing';
import { expect, it } from 'vitest';
import { sample } from '../support/sample.ts';

const messages = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'];
const interval = 1000;

/** Every order of every subset: each permutation, with each pattern of losses. */
function arrangements(rest: readonly string[]): string[][] {
  const longer = rest.flatMap((first) =>
    arrangements(rest.filter((each) => each !== first)).map((tail) => [first, ...tail]),
  );
  return [[], ...longer];
}

/** With what a mask names once more: after the others, or right after itself. */
function duplicated(seen: readonly string[], mask: number): string[] {
  const isAgain = (index: number): boolean => ((mask >> index) & 1) === 1;
  return mask % 2 === 0
    ? [...seen, ...seen.filter((_, index) => isAgain(index))]
    : seen.flatMap((each, index) => (isAgain(index) ? [each, each] : [each]));
}

/** The masks of one arrangement: all of them, or a single one that changes from each arrangement to the next. */
function masksOf({ length }: readonly string[], index: number): number[] {
  const all = Array.from({ length: 2 ** length }, (_, mask) => mask);
  return sample([index % all.length], all);
}

async function microtasks(): Promise<void> {
  for (let n = 0; n < 40; n += 1) await Promise.resolve();
}

async function expectMaximum(seen: readonly string[], lostCalls: readonly boolean[]): Promise<void> {
  const clock = createSteppedClock({ settle: microtasks });
  const transport = createScriptedTransport({ clock });
  const conversation = createConversation({ transport, clock, conversationId: 'c1', random: () => 0.25 });
  const trace = recordTrace(conversation, clock);
  conversation.start();
  transport.answer(
    'read',
    ...lostCalls.map((isLost) => (isLost ? ({ code: 'network', message: 'x' } as const) : 'accept')),
  );
  for (const messageId of messages) conversation.messageReceived({ messageId, participantId: 'agent' });
  for (const messageId of seen) {
    conversation.viewed(messageId);
    await clock.advance(150);
  }
  await clock.advance(600_000);
  const maximum = Math.max(0, ...seen.map((each) => messages.indexOf(each) + 1));
  const acknowledged = trace.of('read.acknowledged').map(({ mark }) => mark.position);
  expect(acknowledged.at(-1) ?? 0).toBe(maximum);
  const { calls } = transport;
  const elapsed = (calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0);
  expect(calls.length).toBeLessThanOrEqual(elapsed / interval + 1);
  for (const [index, { at }] of calls.entries()) {
    expect(at - (calls[index - 1]?.at ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(interval);
  }
  expect(clock.timers).toBe(0);
  conversation.stop();
}

it('for every permutation, duplication and loss of six messages the maximum is acknowledged, within one call per interval', async () => {
  let runs = 0;
  for (const [index, seen] of arrangements(messages).entries()) {
    for (const mask of masksOf(seen, index)) {
      await expectMaximum(duplicated(seen, mask), []);
      runs += 1;
    }
  }
  expect(runs).toBe(sample(1957, 75_973));
}, 600_000);

it('and so it is whichever of the first six calls get lost on the way', async () => {
  const orders = [messages, messages.toReversed(), ['m3', 'm1', 'm6', 'm2', 'm5', 'm4'], ['m2', 'm1']];
  for (const seen of orders) {
    for (let mask = 0; mask < 64; mask += 1) {
      await expectMaximum(
        seen,
        messages.map((_, index) => ((mask >> index) & 1) === 1),
      );
    }
  }
}, 60_000);
