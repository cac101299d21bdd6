import { createConversation } from 'genesys-conversation-machine';
import {
  createRecorder,
  createScriptedTransport,
  createSteppedClock,
} from 'genesys-conversation-machine/testing';
import { conversationMatchers } from 'genesys-conversation-machine/testing/matchers';
import { expect, it } from 'vitest';

expect.extend(conversationMatchers);

it('read as a sentence, and say what the other side saw where they fail', async () => {
  const clock = createSteppedClock();
  const recorder = createRecorder({ clock });
  const scripted = createScriptedTransport({ clock });
  const conversation = recorder.watch(
    createConversation({ transport: recorder.watch(scripted), clock: recorder.clock, conversationId: 'c1' }),
  );
  conversation.start();
  expect(scripted).not.toSeeTyping();
  conversation.keystroke();
  await clock.settle();
  expect(scripted).toSeeTyping('c1');
  expect(clock).not.toBeAtRest();
  await clock.advance(5000);
  expect(scripted.remote).toHaveSeen(['typing', 'not typing']);
  conversation.messageReceived({ messageId: 'm1', participantId: 'agent' });
  conversation.viewed('m1');
  await clock.advance(1000);
  expect(scripted).toHaveReadUpTo('m1');
  conversation.stop();
  expect(clock).toBeAtRest();
  expect(recorder.trace()).toKeepItsPromises();
  expect(() => expect(scripted).toSeeTyping()).toThrow('the other side saw: 0.0 typing, 3.0 not typing');
  expect(() => expect(scripted).toHaveReadUpTo('m2')).toThrow('read m1');
});

it('name the clause and the moment of what does not hold', () => {
  const recorder = createRecorder({ clock: createSteppedClock() });
  recorder.clock.clearTimeout(recorder.clock.setTimeout(() => {}, 0.5));
  expect(() => expect(recorder.trace()).toKeepItsPromises()).toThrow('L-3 at 0 ms: a timer was set to 0.5');
});
