import { expect, it, onTestFinished } from 'vitest';
import { createHarness } from '../support/harness.ts';

/** Fifty messages that are sent at once, and not yet answered. */
function createFifty() {
  const warnings: string[] = [];
  const hear = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', hear);
  onTestFinished(() => void process.off('warning', hear));
  const { conversation, transport, clock } = createHarness();
  transport.always('message', { answer: 'accept', afterMs: 500 });
  const sending = Array.from({ length: 50 }, (_, nth) => conversation.sendMessage(`message ${nth}`));
  return { warnings, conversation, clock, sending };
}

it('fifty messages at once arrive, and the process warns of no leak', async () => {
  const { warnings, clock, sending } = createFifty();
  await clock.advance(1000);
  expect(new Set((await Promise.all(sending)).map(({ messageId }) => messageId)).size).toBe(50);
  expect(warnings).toEqual([]);
});

it('fifty messages at once are all given up by a stop, and the process warns of no leak', async () => {
  const { warnings, conversation, clock, sending } = createFifty();
  conversation.stop();
  await clock.settle();
  const codes = (await Promise.allSettled(sending)).map((each) =>
    each.status === 'rejected' ? each.reason.code : each.status,
  );
  expect(new Set(codes)).toEqual(new Set(['stopped']));
  expect(codes).toHaveLength(50);
  expect(warnings).toEqual([]);
});
