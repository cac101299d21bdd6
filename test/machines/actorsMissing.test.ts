import { defaultSessionTiming } from 'genesys-conversation-machine';
import {
  type Accepted,
  type ConversationEvent,
  type ConversationPorts,
  conversationMachine,
  sessionMachine,
  type TypingCall,
} from 'genesys-conversation-machine/machines';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { describe, expect, it } from 'vitest';
import { createActor, fromPromise } from 'xstate';
import { timingOf } from '../../src/conversation/timing.ts';

const capabilities = {
  stopTyping: true,
  readReceipts: true,
  messageEndsTyping: true,
  spacing: 1000,
  timeToLive: 5000,
};
const mark = { position: 1, messageId: 'm1' };
const toRead: ConversationEvent = { type: 'message.viewed', conversationId: 'c1', mark };

/** A conversation that does not have its actors, but one that is told that its token is worth nothing. */
function begin(rejects = false) {
  const readings = { now: () => 0, keyCount: () => 0, keyAge: () => 0, noteKey: () => {} };
  const sendTyping = fromPromise<Accepted, { ports: ConversationPorts; call: TypingCall }>(() =>
    Promise.reject({ code: 'unauthorized', message: 'x', status: 401 }),
  );
  const clock = createSteppedClock();
  const machine = rejects ? conversationMachine.provide({ actors: { sendTyping } }) : conversationMachine;
  const actor = createActor(machine, {
    clock,
    input: {
      ports: { transport: null, readings },
      capabilities,
      timing: timingOf({}, capabilities),
      seed: 1,
      conversationId: 'c1',
      participantId: null,
      canRefresh: rejects,
    },
  });
  const failed: string[] = [];
  actor.on('typing.failed', ({ failure }) => failed.push(failure.message));
  actor.on('read.failed', ({ failure }) => failed.push(failure.message));
  return { actor, clock, failed };
}

const advice = (machine: string, actor: string) =>
  `Provide the actor "${actor}": ${machine}.provide({ actors: { ${actor} } }).`;

describe('a conversation whose actors nobody provided says how to', () => {
  it.each<[string, readonly ConversationEvent[]]>([
    ['sendTyping', [{ type: 'keystroke' }]],
    ['sendRead', [{ type: 'read.requested', conversationId: 'c1', mark }]],
    ['flushReads', [toRead, { type: 'flush.requested' }]],
  ])('%s', async (name, events) => {
    const { actor, clock, failed } = begin();
    actor.start();
    for (const event of events) actor.send(event);
    await clock.settle();
    expect(failed).toEqual([advice('conversationMachine', name)]);
    actor.stop();
  });

  it('refreshToken', async () => {
    const { actor, clock } = begin(true);
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
