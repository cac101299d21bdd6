import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { countedKeepalive, withinKeepalive } from '../../src/reading/keepaliveBudget.ts';
import { createHarness, type HarnessOptions } from '../support/harness.ts';

type Harness = ReturnType<typeof createHarness>;

/** What a call takes besides its two ids, bytes. */
const frame = 48;

/** All of a test: what they leave under way would take room from the next. */
const pages: Harness[] = [];
function createPage(options: HarnessOptions = {}): Harness {
  const page = createHarness({ conversationId: null, ...options });
  pages.push(page);
  return page;
}
afterEach(() => {
  for (const { conversation } of pages.splice(0)) conversation.stop();
});

/** Conversation ids of 16 bytes, and a message id that makes a call as long as is said. */
const idOf = (index: number): string => `c${index}`.padEnd(16, '-');
const named = (bytes: number): string => 'm'.repeat(bytes - frame - 16);

/** The longest call there is: of six bytes for each character. */
const heaviest = '#'.repeat(2040);
const most = frame + 16 + 6 * heaviest.length;

const callOf = (messageId: string, index = 0) => ({
  ...{ conversationId: idOf(index), messageId, attempt: 1, keepalive: true },
});

/** What all pages together may still have under way, bytes: pages of other tests may not have had their answers. */
function roomLeft(): number {
  const heavy = Array(9).fill(callOf(heaviest));
  const many = withinKeepalive(heavy).length;
  let fits = 0;
  for (let step = 2 ** 13; step >= 1; step /= 2) {
    const bytes = fits + step;
    const call = callOf(named(Math.max(bytes, frame + 16)));
    const calls = [...heavy.slice(0, many), call];
    if (bytes < most && withinKeepalive(calls).length === calls.length) fits = bytes;
  }
  return many * most + fits;
}

/** What a page that goes has to say: in each conversation one message was seen. */
function see({ conversation, told }: Harness, messageIds: readonly string[]): void {
  for (const [index, messageId] of messageIds.entries()) {
    conversation.open(idOf(index));
    told(messageId);
    conversation.viewed(messageId);
  }
  conversation.open(idOf(0));
}

const left = ({ transport }: Harness): readonly string[] =>
  transport.calls.flatMap((call) => (call.lane === 'read' ? [call.messageId ?? ''] : []));

/** A page that has as many bytes under way as are asked for, and gets no answer. */
function createCrowd(bytes: number): void {
  const crowd = createPage();
  crowd.transport.always('read', 'hang');
  see(crowd, [...Array(Math.floor(bytes / most)).fill(heaviest), named(bytes % most)]);
  crowd.conversation.flush();
}

describe('of the room for last words (R-5b)', () => {
  beforeEach(() => createCrowd(roomLeft() - 1024));

  it.each([
    ['the last byte', [1024], [1024]],
    ['not one byte more', [1025], []],
    ['as much as is left', [512, 512, 65], [512, 512]],
    ['what fits, though something before it does not', [500, 1000, 524], [500, 524]],
  ])('a call gets %s', (_, asked, given) => {
    const harness = createPage();
    see(harness, asked.map(named));
    harness.conversation.flush();
    expect(left(harness)).toEqual(given.map(named));
  });

  it.each(['x', 'X', '7', '_', '.', '~', ':', '-'])('a %s takes one byte', (character) => {
    const harness = createPage();
    const messageId = character.repeat(1024 - frame - 16);
    see(harness, [messageId]);
    harness.conversation.flush();
    expect(left(harness)).toEqual([messageId]);
  });

  it.each(['#', '"', '\\', ' ', '\n', 'é', '漢'])('a %j takes six bytes at most', (character) => {
    const harness = createPage();
    const messageIds = [161, 160].map((count) => character.repeat(count));
    see(harness, messageIds);
    harness.conversation.flush();
    expect(left(harness)).toEqual(messageIds.slice(1));
  });

  it('a call that names no message takes its conversation alone', () => {
    const harness = createPage();
    harness.transport.always('read', 'hang');
    for (let index = 0; index < 5; index += 1) {
      harness.conversation.open(`c${index}`.padEnd(256 - frame, '-'));
      void harness.conversation.markAsRead();
    }
    const early = harness.transport.calls.length;
    harness.conversation.flush();
    expect(harness.transport.calls.slice(early)).toHaveLength(4);
  });

  it('a call that need not outlive its page takes nothing', async () => {
    const plain = createPage({ conversationId: 'c1' });
    plain.transport.always('read', 'hang');
    plain.told('m1');
    plain.conversation.viewed('m1');
    await plain.at(1000);
    expect(plain.transport.calls).toHaveLength(1);
    const harness = createPage();
    see(harness, [named(1024)]);
    harness.conversation.flush();
    expect(left(harness)).toHaveLength(1);
  });

  it.each<[string, (page: Harness) => unknown]>([
    ['accepted', () => {}],
    ['refused', ({ transport }) => transport.always('read', { code: 'bad-request', message: 'x' })],
    [
      'given up',
      ({ transport, clock, conversation }) => {
        transport.always('read', 'hang');
        clock.setTimeout(() => conversation.stop(), 0);
      },
    ],
    [
      'given up, though nobody ever says so',
      ({ transport, clock, conversation }) => {
        vi.spyOn(transport, 'sendRead').mockReturnValue(new Promise(() => {}));
        clock.setTimeout(() => conversation.stop(), 0);
      },
    ],
  ])('a call that was %s gives back what it took, once', async (_, how) => {
    for (let round = 0; round < 3; round += 1) {
      const harness = createPage();
      how(harness);
      see(harness, [512, 512].map(named));
      harness.conversation.flush();
      await harness.at(100);
      harness.conversation.stop();
      await harness.clock.settle();
    }
    const last = createPage();
    last.transport.always('read', 'hang');
    see(last, [512, 512, 65].map(named));
    last.conversation.flush();
    expect(left(last)).toEqual([512, 512].map(named));
  });
});

describe('the room for last words', () => {
  it('is filled in the order of the calls, each with all that its body takes', () => {
    const room = roomLeft();
    const many = Math.floor((room - frame - 16) / most);
    const rest = room - many * most;
    const calls = [...Array(many).fill(heaviest), named(rest + 1), named(rest)].map(callOf);
    expect(many).toBeGreaterThan(0);
    expect(withinKeepalive(calls)).toEqual(calls.filter((_, index) => index !== many));
    expect(withinKeepalive([])).toEqual([]);
  });

  const call = callOf('#'.repeat(160));
  /** How many calls of 1024 bytes there is room for. */
  const measure = (): number => withinKeepalive(Array(90).fill(call)).length;

  it.each<[string, (page: { answer: () => void; fail: (error: Error) => void; giveUp: () => void }) => void]>(
    [
      ['is answered', ({ answer }) => answer()],
      ['fails', ({ fail }) => fail(new Error('no'))],
      ['is given up', ({ giveUp }) => giveUp()],
      [
        'is given up and fails for it',
        ({ giveUp, fail }) => {
          giveUp();
          fail(new Error('given up'));
        },
      ],
    ],
  )('is less by a call that is under way, until that %s', async (_, end) => {
    const before = measure();
    const controllers = [new AbortController(), new AbortController()];
    const ends: { answer: () => void; fail: (error: Error) => void; giveUp: () => void }[] = [];
    for (const controller of controllers) {
      const send = () =>
        new Promise<object>((resolve, reject) => {
          const giveUp = () => controller.abort();
          ends.push({ answer: () => resolve({}), fail: reject, giveUp });
        });
      countedKeepalive(call, controller.signal, send).catch(() => {});
    }
    const both = measure();
    for (const each of ends.slice(0, 1)) end(each);
    await Promise.resolve().then(() => {});
    const one = measure();
    for (const each of ends.slice(1)) end(each);
    await Promise.resolve().then(() => {});
    const none = measure();
    for (const { answer, giveUp } of ends) {
      answer();
      giveUp();
    }
    await Promise.resolve().then(() => {});
    expect([both, one, none, measure()]).toEqual([before - 2, before - 1, before, before]);
  });
});
