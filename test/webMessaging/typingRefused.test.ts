import { describe, expect, it } from 'vitest';
import { bare, createSession, plainError } from '../support/socketScript.ts';

const signal = new AbortController().signal;

/** A session in which the guest typed `ago` ms before now, by frames with these ids. */
async function createTyped(ago = 0, times = 1) {
  const session = createSession();
  await session.configure();
  const ids: string[] = [];
  for (let time = 0; time < times; time += 1) {
    if (time > 0) await session.clock.advance(5250);
    await session.receive(bare('Anything'));
    const conversationId = String(session.messaging.conversationId);
    const call = { conversationId, isTyping: true, attempt: 1, keepalive: false };
    const { requestId = '' } = await session.messaging.sendTyping(call, { signal });
    ids.push(requestId);
  }
  await session.clock.advance(ago);
  return { ...session, ids, isForbidden: () => session.kinds().includes('typing.forbidden') };
}

describe('a refusal is about typing', () => {
  it.each([
    [
      'with the id of a frame that typed, whatever it says',
      true,
      60_000,
      (id: string) => plainError(403, 'no', id),
    ],
    ['with the id of something else, whatever it says', false, 0, () => plainError(403, 'typing', 'other')],
    [
      'without an id, by its words, up to ten seconds after',
      true,
      10_000,
      () => plainError(403, 'no typing'),
    ],
    ['without an id, by its words, but not later', false, 10_001, () => plainError(403, 'no typing')],
    ['without an id, but by no other words', false, 0, () => plainError(403, 'no')],
    ['with another code', false, 0, (id: string) => plainError(400, 'typing', id)],
  ] as const)('%s: %s', async (_, expected, ago, refusal) => {
    const { receive, ids, isForbidden, of, messaging } = await createTyped(ago > 40_000 ? 40_000 : ago);
    await receive(refusal(ids[0] ?? ''));
    expect(isForbidden()).toBe(expected);
    expect(of('session.error')).toHaveLength(expected ? 0 : 1);
    messaging.stop();
  });

  it('where a sign-in is wanted it is not', async () => {
    const { receive, ids, isForbidden, kinds, messaging } = await createTyped();
    await receive(plainError(403, 'Session authentication failed: typing', ids[0]));
    expect(isForbidden()).toBe(false);
    expect(kinds()).toContain('session.authorizationRequired');
    messaging.stop();
  });

  it('where nobody typed it is not', async () => {
    const { receive, isForbidden, messaging } = await createTyped(0, 0);
    await receive(plainError(403, 'no typing'));
    expect(isForbidden()).toBe(false);
    messaging.stop();
  });

  it('by any of the last sixteen ids', async () => {
    const { receive, ids, isForbidden, messaging } = await createTyped(0, 17);
    await receive(plainError(403, 'no', ids[0]));
    expect(isForbidden()).toBe(false);
    await receive(plainError(403, 'no', ids[1]));
    expect(isForbidden()).toBe(true);
    messaging.stop();
  });
});
