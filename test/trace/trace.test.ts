import fc from 'fast-check';
import { createConversation } from 'genesys-conversation-machine';
import { createInspector, type Inspector, type InspectorMessage } from 'genesys-conversation-machine/inspect';
import {
  createScriptedTransport,
  createSteppedClock,
  recordTrace,
} from 'genesys-conversation-machine/testing';
import { readTrace, toTest, toTimeline, traceOf } from 'genesys-conversation-machine/trace';
import { describe, expect, it } from 'vitest';
import { runTest } from '../support/runTest.ts';
import { sample } from '../support/sample.ts';
import { play, step } from '../support/scenario.ts';

/** A conversation on a stepped clock whose trace is taken. */
function createRecorded(
  between: (inspect: Inspector['inspect']) => Inspector['inspect'] = (inspect) => inspect,
) {
  const clock = createSteppedClock();
  const transport = createScriptedTransport({ clock });
  const inspector = createInspector({ clock, batchEvery: 0, keep: 50_000 });
  const told: InspectorMessage[] = [];
  const conversation = createConversation({
    ...{ transport, clock, conversationId: 'c1', inspect: between(inspector.inspect) },
    random: () => 0.3,
  });
  const trace = recordTrace(conversation, clock);
  conversation.start();
  inspector.listen((messages) => told.push(...messages));
  const at = (ms: number): Promise<void> => clock.advance(ms - clock.now());
  const pressed: number[] = [];
  const type = async (from: number, to: number, every = 150): Promise<void> => {
    for (let time = from; time <= to; time += every) {
      await at(time);
      conversation.keystroke();
      pressed.push(time);
    }
  };
  const taken = async () => {
    await clock.advance(1);
    const taken = traceOf(told);
    if (!taken) throw new Error('nothing was recorded');
    return readTrace(JSON.parse(JSON.stringify(taken)));
  };
  const told2 = (...ids: string[]) => {
    for (const messageId of ids) conversation.messageReceived({ messageId, participantId: 'agent' });
  };
  return { clock, transport, conversation, trace, at, type, taken, pressed, told: told2 };
}

/** An evening with a renewal, a stop, a read, a 429 and a lost network. */
async function busy(between?: Parameters<typeof createRecorded>[0]) {
  const recorded = createRecorded(between);
  const { conversation, transport, at, type, told } = recorded;
  transport.always('typing', { afterMs: 120, answer: 'accept' });
  transport.always('read', { afterMs: 90, answer: 'accept' });
  await type(300, 5400);
  await at(6200);
  conversation.messageSent();
  conversation.messageAccepted('own');
  await at(7000);
  told('m1');
  await at(7600);
  conversation.viewed('m1');
  await at(9000);
  transport.answer('typing', { afterMs: 80, answer: { code: 'rate-limited', status: 429, message: '', retryAfterMs: 3000 } }); // biome-ignore format: one line
  await type(9000, 13_500);
  await at(18_000);
  transport.answer('typing', { afterMs: 200, answer: { code: 'unavailable', status: 503, message: '' } });
  await type(18_000, 20_000);
  await at(26_000);
  return recorded;
}

describe('a trace', () => {
  it('replays as a test that passes, with the keys that were no event', async () => {
    const { taken, transport, pressed } = await busy();
    const trace = await taken();
    const keys = trace.entries.filter((entry) => entry.kind === 'input' && entry.event.type === 'keystroke');
    expect(keys.map((key) => key.at)).toEqual(pressed);
    expect(transport.calls.length).toBeGreaterThan(6);
    await runTest(toTest(trace));
  });

  it('infers the last key of each silence where somebody else stood between, and replays the same', async () => {
    const { taken } = await busy((inspect) => (event) => inspect(event));
    const trace = await taken();
    expect(trace.entries.some((entry) => entry.kind === 'input' && entry.isInferred)).toBe(true);
    await runTest(toTest(trace));
  });

  it('fails as a test when a call is missing from what was recorded', async () => {
    const { taken } = await busy();
    const trace = await taken();
    const entries = trace.entries.filter((entry) => entry.kind !== 'call' || entry.isTyping !== false);
    await expect(runTest(toTest({ ...trace, entries }))).rejects.toThrow(/toEqual|deeply equal/);
  });

  it('holds of what happened to be any scenario', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const recorded = createRecorded();
        await play(steps, recorded as never);
        const trace = await recorded.taken();
        await runTest(toTest(trace));
        expect(toTimeline(trace)).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
      }),
      { numRuns: sample(25, 1000) },
    );
  });
});

describe('a timeline', () => {
  it('shows how long the other side saw the indicator, each call with its answer, and each wait', async () => {
    const { taken } = await busy();
    const timeline = toTimeline(await taken(), { title: 'An evening' });
    const titles = [...timeline.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title);
    expect(titles.filter((title) => title?.startsWith('shown'))).toEqual([
      'shown for 5.8 s',
      'shown for 4.4 s',
      'shown for 4 s',
    ]);
    expect(titles).toEqual(
      expect.arrayContaining([
        'An evening',
        'ON at 9 s: rate-limited, asked for 3 s after 80 ms',
        'rate limit: 3 s of 3 s, over',
        expect.stringMatching(/^backoff: /),
        expect.stringMatching(/^READ m1 at 7\.\d s: accepted after 90 ms$/),
      ]),
    );
    const part = toTimeline(await taken(), { from: 9000, to: 13_000, width: 900 });
    expect(part).toContain('width="900"');
    expect(part).toContain('✗ 429');
    expect(part).not.toContain('READ m1');
  });
});

describe('what somebody has kept as a trace', () => {
  it.each([
    ['trace', null],
    ['trace', { format: 'another', version: 1 }],
    ['trace', { version: 2 }],
    ['trace.seed', { seed: 'x' }],
    ['trace.until', { until: -1 }],
    ['trace.entries', { entries: {} }],
    ['trace.entries[0].at', { entries: [{ at: 0.5, kind: 'input', event: { type: 'keystroke' } }] }],
    ['trace.entries[0].event', { entries: [{ at: 0, kind: 'input', event: 'keystroke' }] }],
  ])('is refused by the name of what is wrong: %s', async (name, change) => {
    const trace = await (await busy()).taken();
    expect(() => readTrace(change && { ...trace, ...change })).toThrow(
      expect.objectContaining({ code: 'invalid-option', option: name }),
    );
  });

  it('is data only, in the picture and in the test, whatever it says; a kind of a later version is left out', async () => {
    const trace = await (await busy()).taken();
    const hostile = `</title><script>alert(1)</script>'); process.exit(1); ('\u2028\u0000`;
    const entries = [
      { at: 0, kind: 'novelty' },
      { at: 1, kind: 'call', call: 'x', lane: 'read', messageId: hostile },
      { at: 2, kind: 'answer', call: 'x', failure: { code: hostile } },
      { at: 3, kind: 'input', event: { type: 'constructor', text: hostile } },
    ];
    const read = readTrace({ ...trace, participantId: hostile, entries });
    expect(read.entries).toHaveLength(3);
    expect(toTimeline(read)).not.toContain('<script');
    expect(toTimeline(read)).not.toContain('\u0000');
    await expect(runTest(toTest(read))).rejects.toThrow(/must be|deeply equal/);
  });
});
