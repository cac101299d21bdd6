import { defaultSessionTiming } from 'genesys-conversation-machine';
import { type ConversationEvent, sessionMachine } from 'genesys-conversation-machine/machines';
import { describe, expect, it } from 'vitest';
import { createActor, fromPromise } from 'xstate';
import { createBareChart } from '../support/bareChart.ts';

const mark = { position: 1, messageId: 'm1' };
const toRead: ConversationEvent = { type: 'message.viewed', conversationId: 'c1', mark };

const advice = (machine: string, actor: string) =>
  `Provide the actor "${actor}": ${machine}.provide({ actors: { ${actor} } }).`;

describe('a conversation whose actors nobody provided says how to', () => {
  it.each<[string, readonly ConversationEvent[]]>([
    ['sendTyping', [{ type: 'keystroke' }]],
    ['sendRead', [{ type: 'read.requested', conversationId: 'c1', mark }]],
    ['flushReads', [toRead, { type: 'flush.requested' }]],
  ])('%s', async (name, events) => {
    const { actor, clock } = createBareChart();
    const failed: string[] = [];
    actor.on('typing.failed', ({ failure }) => failed.push(failure.message));
    actor.on('read.failed', ({ failure }) => failed.push(failure.message));
    actor.start();
    for (const event of events) actor.send(event);
    await clock.settle();
    expect(failed).toEqual([advice('conversationMachine', name)]);
    actor.stop();
  });

  it('refreshToken', async () => {
    const sendTyping = fromPromise(() => Promise.reject({ code: 'unauthorized', message: 'x', status: 401 }));
    const { actor, clock } = createBareChart({ actors: { sendTyping }, canRefresh: true });
    actor.start();
    actor.send({ type: 'keystroke' });
    await clock.settle();
    expect(actor.getSnapshot().context.token.failure).toEqual({
      code: 'unexpected',
      message: advice('conversationMachine', 'refreshToken'),
    });
    actor.stop();
  });
});

it('a session without its socket says how to provide it', () => {
  const readings = {
    now: () => 0,
    wallNow: () => 0,
    lastFrameAt: () => 0,
    frameCount: () => 0,
    answerCount: () => 0,
  };
  const actor = createActor(sessionMachine, {
    input: { ports: { wire: null, readings }, timing: defaultSessionTiming, seed: 1 },
  }).start();
  actor.send({ type: 'session.connect' });
  expect(actor.getSnapshot().context.failure).toEqual({
    code: 'unexpected',
    message: advice('sessionMachine', 'socket'),
  });
  actor.stop();
});
