import { describe, expect, it } from 'vitest';
import { canary } from '../support/guestCalls.ts';
import { listen, page, said } from '../support/streamScript.ts';

type Listening = Awaited<ReturnType<typeof listen>>;

const reads = ({ evidence }: Listening) =>
  evidence.flatMap((event) =>
    event.type === 'message.read' ? [`${event.participantId} ${event.messageId}`] : [],
  );

/** Loses a stream that was open, and has it again over this history; what was asked of it meanwhile. */
async function reopen(stream: Listening, history: (url: URL) => Response): Promise<URL[]> {
  const { clock, script, admit, interrupt } = stream;
  const urls: URL[] = [];
  await interrupt();
  script.history = (url) => {
    urls.push(url);
    return history(url);
  };
  await admit();
  await clock.advance(20_000);
  return urls;
}

describe('a page of the history (I-1, S12)', () => {
  it('is asked for at the conversation, forty messages long, with the token and without a body', async () => {
    const inits: RequestInit[] = [];
    const urls: string[] = [];
    const stream = await listen(0.5, {
      token: () => canary,
      fetch: async (url, init = {}) => {
        urls.push(String(url));
        inits.push(init);
        return Response.json(page('m 1'));
      },
    });
    await stream.admit();
    await stream.interrupt();
    await stream.admit();
    const base = 'https://api.example.org/api/v2/conversations/messaging/c1/messages?limit=40';
    expect(urls).toEqual([base, `${base}&after=m+1`]);
    for (const { headers, method, body, redirect, credentials } of inits) {
      expect({ method, body, redirect, credentials }).toEqual({
        method: 'GET',
        body: undefined,
        redirect: 'error',
        credentials: 'omit',
      });
      const sent = new Headers(headers);
      expect(sent.get('authorization')).toBe(`Bearer ${canary}`);
      expect(sent.get('accept')).toBe('application/json');
      expect(sent.has('content-type')).toBe(false);
    }
    stream.stop();
  });

  it('counts message by message: what is none is left out, and of reads as well', async () => {
    const stream = await listen();
    const { messages } = page('m1', 'm2');
    stream.script.history = () =>
      Response.json({
        conversationId: 'c1',
        messages: [7, messages[0], { ...messages[0], messageId: '' }, null, { messageId: 'm9' }, messages[1]],
        reads: [
          { participantId: 'agent', messageId: 'm1' },
          { participantId: 'agent' },
          { participantId: '../agent', messageId: 'm2' },
          { messageId: 'm2' },
          { participantId: 'agent', messageId: '' },
          null,
          { participantId: 'bot', messageId: 'm/2' },
        ],
      });
    await stream.admit();
    expect(said(stream)).toEqual(['m1', 'm2']);
    expect(reads(stream)).toEqual(['agent m1', 'bot m/2']);
    stream.stop();
  });

  it.each<[string, () => Response]>([
    ['of another conversation', () => Response.json({ ...page('m1'), conversationId: 'c2' })],
    ['of none', () => Response.json({ ...page('m1'), conversationId: undefined })],
    ['that is no JSON', () => new Response('<p>')],
    ['that never comes', () => Response.error()],
  ])('%s is none: what it might say is missing, and it is asked for three times', async (_what, history) => {
    const stream = await listen(0.9);
    await stream.admit();
    const asked = await reopen(stream, history);
    expect(asked).toHaveLength(3);
    expect(said(stream)).toEqual([]);
    expect(stream.gaps()).toBe(1);
    stream.stop();
  });

  it('that cannot be fetched is one call each time, and no more of its own accord', async () => {
    let calls = 0;
    const stream = await listen(0.9, {
      fetch: async () => {
        calls += 1;
        throw new TypeError('offline');
      },
    });
    await stream.admit();
    await stream.clock.advance(20_000);
    expect(calls).toBe(3);
    stream.stop();
  });

  it('is waited for five seconds, and what comes in waits for it as long', async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    const stream = await listen(0.9, {
      fetch: (_url, init) => {
        signals.push(init?.signal);
        return new Promise(() => {});
      },
    });
    await stream.admit();
    stream.last().receive({ type: 'conversation:message', conversationId: 'c1', ...page('m1').messages[0] });
    await stream.clock.advance(4999);
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
    expect(said(stream)).toEqual([]);
    await stream.clock.advance(1);
    expect(signals[0]?.aborted).toBe(true);
    expect(said(stream)).toEqual(['m1']);
    stream.stop();
  });
});
