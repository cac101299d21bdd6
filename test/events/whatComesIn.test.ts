import { describe, expect, it } from 'vitest';
import { listen, page, said } from '../support/streamScript.ts';

type Listening = Awaited<ReturnType<typeof listen>>;

const message = (messageId: string, more: object = {}) => ({
  ...{ type: 'conversation:message', conversationId: 'c1', participantId: 'agent', text: 'hi' },
  ...more,
  messageId,
});

/** Loses a stream, and has it again; what its history was asked to begin after. */
async function reopen(stream: Listening): Promise<(string | null)[]> {
  const { script, admit, interrupt } = stream;
  const afters: (string | null)[] = [];
  script.history = (url) => {
    afters.push(url.searchParams.get('after'));
    return Response.json(page());
  };
  await interrupt();
  await admit();
  return afters;
}

/** A stream that was lost after its history told of this message, as the next attempt is made. */
async function listenAgain(messageId: string): Promise<Listening> {
  const stream = await listen();
  stream.script.history = () => Response.json(page(messageId));
  await stream.admit();
  await stream.interrupt();
  return stream;
}

describe('what comes in', () => {
  it('before the first frame was answered is not told: nobody proved to be the back end', async () => {
    const stream = await listen();
    const { last, clock, admit, told, stop } = stream;
    last().open();
    await clock.settle();
    last().receive(message('m1'));
    last().receive({ type: 'pong' });
    await clock.settle();
    expect(stream.evidence).toEqual([]);
    expect(told).toEqual([]);
    await admit();
    expect(said(stream)).toEqual([]);
    stop();
  });

  it('is about the conversation that the first answer named', async () => {
    const stream = await listen();
    const { last, clock, admit, told, stop } = stream;
    await admit();
    last().receive({ type: 'authenticated', conversationId: 'c2' });
    last().receive(message('m1'));
    await clock.settle();
    expect(told).toEqual([{ type: 'stream.opened', reopened: false }]);
    expect(said(stream)).toEqual(['m1']);
    expect(stream.asked).toHaveLength(1);
    stop();
  });

  it('in bytes is nothing readable', async () => {
    const stream = await listen();
    const { last, admit, stop } = stream;
    await admit();
    last().receive(new TextEncoder().encode(JSON.stringify(message('m1'))));
    expect(stream.evidence).toEqual([]);
    stop();
  });

  it('while the history is asked for waits, a thousand frames at most (S11)', async () => {
    const stream = await listen();
    const { last, script, clock, admit, stop } = stream;
    let answer: (response: Response) => void = () => {};
    script.history = () =>
      new Promise<Response>((resolve) => {
        answer = resolve;
      }) as never;
    await admit();
    for (let number = 1; number <= 1000; number += 1) last().receive(message(`m${number}`));
    await clock.settle();
    expect(said(stream)).toEqual([]);
    last().receive(message('m1001'));
    expect(said(stream)).toEqual(['m1001']);
    answer(Response.json(page()));
    await clock.settle();
    expect(said(stream)).toHaveLength(1001);
    expect(said(stream).slice(0, 3)).toEqual(['m1001', 'm1', 'm2']);
    last().receive(message('m1002'));
    expect(said(stream).at(-1)).toBe('m1002');
    stop();
  });

  it('while the history is asked for goes with the stream that is lost meanwhile, and is had again', async () => {
    const stream = await listen();
    const { last, script, clock, admit, lose, lost, stop } = stream;
    script.history = () => new Promise(() => {}) as never;
    await admit();
    last().receive(message('m1'));
    await lose(1006);
    expect(said(stream)).toEqual([]);
    script.history = () => Response.json(page('m1'));
    await clock.advance(lost().at(-1) ?? 0);
    await admit();
    expect(said(stream)).toEqual(['m1']);
    stop();
  });
});

describe('where a stream goes on (I-1)', () => {
  it.each<[string, object[], string]>([
    ['the last message, without positions', [message('m1'), message('m2')], 'm2'],
    ['the last place', [message('m5', { position: 5 }), message('m3', { position: 3 })], 'm5'],
    ['the first of two in one place', [message('m5', { position: 5 }), message('x5', { position: 5 })], 'm5'],
    ['what has no place, behind the last', [message('m5', { position: 5 }), message('m6')], 'm6'],
    [
      'a place behind what had none',
      [message('m1'), message('m2'), message('m2', { position: 2 }), message('m3', { position: 3 })],
      'm3',
    ],
    [
      'a message, whatever was heard after it',
      [message('m1'), { ...message('m2'), type: 'conversation:read' }],
      'm1',
    ],
  ])('is after %s', async (_what, frames, after) => {
    const stream = await listen();
    await stream.admit();
    for (const frame of frames) stream.last().receive(frame);
    expect(await reopen(stream)).toEqual([after]);
    stream.stop();
  });

  it('is after the last message of the history, where nothing came in', async () => {
    const stream = await listen();
    stream.script.history = () => Response.json(page('m1', 'm2'));
    await stream.admit();
    expect(await reopen(stream)).toEqual(['m2']);
    expect(await reopen(stream)).toEqual(['m2']);
    stream.stop();
  });

  it('is at the newest page for whoever comes later, and nobody hears of a message twice', async () => {
    const stream = await listen();
    const { transport, script, clock, admit, stop } = stream;
    const afters: (string | null)[] = [];
    script.history = (url) => {
      afters.push(url.searchParams.get('after'));
      return Response.json(page('m1', 'm2'));
    };
    await admit();
    const heard: string[] = [];
    const leave = transport.subscribe((event) => {
      if (event.type === 'message.received') heard.push(event.messageId);
    });
    await clock.settle();
    expect(afters).toEqual([null, null]);
    expect(said(stream)).toEqual(['m1', 'm2']);
    expect(heard).toEqual(['m1', 'm2']);
    leave();
    stop();
  });

  it('is after the last page that was had, where the next one fails', async () => {
    const stream = await listenAgain('m0');
    const { script, clock, admit, gaps, stop } = stream;
    const afters: (string | null)[] = [];
    script.history = (url) => {
      const after = url.searchParams.get('after');
      afters.push(after);
      if (afters.length === 2) return Response.json({}, { status: 503 });
      const from = Number(after?.slice(1));
      const ids = Array.from({ length: after === 'm80' ? 5 : 40 }, (_, nth) => `m${from + nth + 1}`);
      return Response.json(page(...ids));
    };
    await admit();
    await clock.advance(20_000);
    expect(afters).toEqual(['m0', 'm40', 'm40', 'm80']);
    expect(said(stream)).toHaveLength(86);
    expect(gaps()).toBe(0);
    stop();
  });

  it('is at the start for whoever begins to listen as the history is told: they hear all of it, in order', async () => {
    const stream = await listen();
    const { transport, script, last, clock, stop } = stream;
    const heard: string[] = [];
    const leave = [() => {}];
    const comes = transport.on('conversation:message', () => {
      if (leave.length > 1) return;
      leave.push(
        transport.subscribe((event) => {
          if (event.type === 'message.received') heard.push(event.messageId);
        }),
      );
    });
    script.history = () => Response.json(page('m1', 'm2'));
    last().open();
    await clock.settle();
    last().receive({ type: 'authenticated', conversationId: 'c1' });
    last().receive(message('m3'));
    for (let turn = 0; turn < 5; turn += 1) await clock.settle();
    expect(heard).toEqual(['m1', 'm2', 'm3']);
    expect(said(stream)).toEqual(['m1', 'm2', 'm3']);
    for (const end of [comes, ...leave]) end();
    stop();
  });

  it('is where the others were, behind the newest page, where somebody comes as they catch up: nobody misses any', async () => {
    const stream = await listenAgain('m0');
    const { transport, script, clock, admit, gaps, stop } = stream;
    const ids = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, nth) => `m${from + nth}`);
    const afters: (string | null)[] = [];
    script.history = (url) => {
      const after = url.searchParams.get('after');
      afters.push(after);
      const from = after === null ? 61 : Number(after.slice(1)) + 1;
      const reads = [{ participantId: 'agent', messageId: 'm20' }];
      return Response.json({ ...page(...ids(from, Math.min(from + 39, 100))), reads });
    };
    const heard: string[] = [];
    const leave = [() => {}];
    const comes = transport.on('conversation:message', ({ messageId }) => {
      if (messageId !== 'm20') return;
      leave.push(
        transport.subscribe((event) => {
          if (event.type === 'message.received') heard.push(event.messageId);
        }),
      );
    });
    await admit();
    for (let turn = 0; turn < 9; turn += 1) await clock.settle();
    expect(afters).toEqual(['m0', null, 'm20', 'm60', 'm100']);
    expect(said(stream)).toEqual(['m0', ...ids(1, 20), ...ids(61, 100), ...ids(21, 60)]);
    expect(heard).toEqual([...ids(61, 100), ...ids(21, 60)]);
    expect(gaps()).toBe(0);
    expect(await reopen(stream)).toHaveLength(1);
    for (const end of [comes, ...leave]) end();
    stop();
  });

  it('is at the newest page alone, where that reaches back to where the others were, or nobody else is there', async () => {
    const stream = await listenAgain('m1');
    const { transport, script, clock, admit, stop } = stream;
    const afters: (string | null)[] = [];
    const leave = [() => {}];
    const comes = transport.on('conversation:message', ({ messageId }) => {
      if (messageId === 'm2') leave.push(transport.subscribe(() => {}));
    });
    script.history = (url) => {
      const after = url.searchParams.get('after');
      afters.push(after);
      return Response.json(after === null ? page('m1', 'm2', 'm3') : page('m2', 'm3'));
    };
    await admit();
    for (let turn = 0; turn < 5; turn += 1) await clock.settle();
    expect(afters).toEqual(['m1', null]);
    expect(said(stream)).toEqual(['m1', 'm2', 'm3']);
    for (const end of [comes, ...leave]) end();
    stop();
    transport.subscribe(() => {});
    await clock.settle();
    await admit();
    expect(afters).toEqual(['m1', null, null]);
  });

  it('is at the newest page again, and where the others were, where neither could be had', async () => {
    const stream = await listen();
    const { transport, script, clock, last, admit, stop } = stream;
    let leave = () => {};
    const comes = transport.on('conversation:message', () => {
      script.history = () => Response.json({}, { status: 403 });
      leave = transport.subscribe(() => {});
      comes();
    });
    script.history = () => Response.json(page('m1', 'm2'));
    await admit();
    await clock.settle();
    last().receive(message('m4'));
    expect(await reopen(stream)).toEqual([null, 'm1']);
    leave();
    stop();
  });

  it('is at the newest page, where somebody comes as they are told who has read, and it cannot be had again', async () => {
    const stream = await listen();
    const { transport, script, clock, last, admit, stop } = stream;
    let leave = () => {};
    const comes = transport.on('conversation:read', () => {
      script.history = () => Response.json({}, { status: 403 });
      leave = transport.subscribe(() => {});
      comes();
    });
    script.history = () => Response.json({ ...page(), reads: [{ participantId: 'agent', messageId: 'm0' }] });
    await admit();
    await clock.settle();
    last().receive(message('m4'));
    expect(await reopen(stream)).toEqual([null]);
    leave();
    stop();
  });

  it('is at the newest page alone for whoever comes when all have left in the middle of it', async () => {
    const stream = await listenAgain('m0');
    const { transport, script, clock, admit, stop } = stream;
    const comes = transport.on('conversation:message', ({ messageId }) => {
      if (messageId === 'm1') stop();
    });
    script.history = () => Response.json(page('m1', 'm2'));
    await admit();
    const afters: (string | null)[] = [];
    script.history = (url) => {
      afters.push(url.searchParams.get('after'));
      return Response.json(page('m8', 'm9'));
    };
    const leave = transport.subscribe(() => {});
    await clock.settle();
    await admit();
    await clock.settle();
    expect(afters).toEqual([null]);
    comes();
    leave();
  });

  it('is nowhere behind a page in which nothing can be read', async () => {
    const stream = await listenAgain('m1');
    const { script, clock, admit, gaps, stop } = stream;
    let asked = 0;
    script.history = () => {
      asked += 1;
      return Response.json({ ...page(), messages: Array(40).fill({}) });
    };
    await admit();
    await clock.advance(20_000);
    expect(asked).toBe(1);
    expect(gaps()).toBe(0);
    stop();
  });
});
