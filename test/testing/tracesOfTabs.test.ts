import { checkInvariants } from 'genesys-conversation-machine/testing';
import { expect, it } from 'vitest';
import { createTabWorld } from '../support/tabs.ts';

it('a trace says that other tabs speak too, whose answer a first key and a read wait for (T-17)', async () => {
  const world = createTabWorld({ isRecorded: true, fate: () => [20] });
  const [tab, other] = [world.open(0), world.open(1)];
  await world.at(1000);
  tab.conversation.keystroke();
  await world.at(6000);
  tab.conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
  tab.conversation.viewed('m1');
  await world.at(20_000);
  for (const { conversation } of [tab, other]) conversation.stop();
  const [trace] = world.traces();
  if (!trace) throw new Error('Nothing was recorded.');
  expect(world.calls.map(({ at, lane }) => `${at} ${lane}`)).toEqual([
    '1040 typing',
    '4040 typing',
    '6240 read',
  ]);
  expect(trace.moments[0]).toMatchObject({ kind: 'began', hasTabs: true });
  expect(checkInvariants(trace)).toEqual([]);
  const [began, ...rest] = trace.moments;
  const unaware = {
    ...trace,
    moments: [{ ...began, hasTabs: undefined }, ...rest],
  } as unknown as typeof trace;
  expect(checkInvariants(unaware).map(({ clause }) => clause)).toContain('T-1');
});
