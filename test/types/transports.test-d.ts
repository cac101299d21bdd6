import {
  type Accepted,
  ConversationError,
  type ConversationErrorCode,
  clientCredentials,
  type DeploymentView,
  eventStream,
  type FailureCode,
  type GenesysRegion,
  type GuestRest,
  guestRest,
  type HistoryPart,
  isConversationError,
  openGuestConversation,
  type SentMessage,
  type SessionFailure,
  type SessionState,
  type Transport,
  type TransportCapabilities,
  type TypingCall,
  type WebMessaging,
  type WebMessagingOptions,
  webMessaging,
} from 'genesys-conversation-machine';
import { expectTypeOf, it } from 'vitest';

declare const messaging: WebMessaging;

it('guestRest takes options of the right names and types only', () => {
  const options = { orgUrl: 'https://api.mypurecloud.ie', participantId: 'g', token: 't' };
  expectTypeOf(guestRest(options)).toEqualTypeOf<GuestRest>();
  expectTypeOf(guestRest(options)).toExtend<Transport>();
  guestRest({ ...options, events: eventStream({ timing: { quiet: 20_000 } }) }).on(
    'conversation:message',
    ({ text }) => expectTypeOf(text).toBeString(),
  );
  // @ts-expect-error there is no such frame
  guestRest(options).on('conversation:massage', () => {});
  guestRest({ ...options, token: ({ signal }) => fetch('/token', { signal }).then((reply) => reply.text()) });
  // @ts-expect-error whose call is it?
  guestRest({ orgUrl: options.orgUrl, token: 't' });
  // @ts-expect-error there is no such option
  guestRest({ ...options, timout: 5 });
  // @ts-expect-error a token is text, or what fetches it
  guestRest({ ...options, token: 42 });
  // @ts-expect-error a provider brings text
  guestRest({ ...options, token: async () => 42 });
  // @ts-expect-error spacing is a number
  guestRest({ ...options, spacing: '1s' });
});

it('the two openers say what they bring', () => {
  expectTypeOf(openGuestConversation({ orgUrl: 'https://x' })).resolves.toHaveProperty('guestToken');
  expectTypeOf(openGuestConversation({ orgUrl: 'https://x' })).resolves.not.toBeAny();
  // @ts-expect-error where is it opened?
  openGuestConversation({});
  // @ts-expect-error a client has a secret
  clientCredentials({ orgUrl: 'https://x', clientId: 'c' });
});

it('webMessaging takes options of the right names and types only', () => {
  expectTypeOf(webMessaging).parameters.toEqualTypeOf<[WebMessagingOptions]>();
  expectTypeOf(webMessaging({ deploymentId: 'd', region: 'eu-west-1' })).toEqualTypeOf<WebMessaging>();
  expectTypeOf<GenesysRegion>().not.toBeAny();
  // @ts-expect-error a region is text
  webMessaging({ deploymentId: 'd', region: 1 });
  // @ts-expect-error which deployment?
  webMessaging({ region: 'eu-west-1' });
  // @ts-expect-error there is no such option
  webMessaging({ deploymentId: 'd', region: 'eu-west-1', reconect: true });
  // @ts-expect-error there is no such wait
  webMessaging({ deploymentId: 'd', region: 'eu-west-1', timing: { conect: 1 } });
});

it('a session tells its decisions apart, and what it sent', () => {
  messaging.on('message.failed', (event) => {
    expectTypeOf(event).not.toBeAny();
    expectTypeOf(event.failure).toEqualTypeOf<SessionFailure>();
    expectTypeOf(event.id).toEqualTypeOf<string>();
  });
  messaging.on('session.closed', ({ reason }) => {
    if (reason === 'logout') return;
    // @ts-expect-error there is no such reason
    if (reason === 'logged-out') return;
  });
  // @ts-expect-error there is no such decision
  messaging.on('message.lost', () => {});
  expectTypeOf(messaging.sendMessage('hello')).toEqualTypeOf<Promise<SentMessage>>();
  expectTypeOf(messaging.state).toEqualTypeOf<SessionState>();
  // @ts-expect-error a text is a string
  messaging.sendMessage(42);
  messaging.actor.send({ type: 'session.connect' });
  // @ts-expect-error there is no such event
  messaging.actor.send({ type: 'session.conect' });
  // @ts-expect-error there is no such state
  messaging.actor.getSnapshot().matches('conected');
  expectTypeOf(messaging.actor.getSnapshot().context.outbox).not.toBeAny();
});

it('a session has a past, raw frames, and answers', () => {
  expectTypeOf(messaging.history({ before: 'm1', limit: 10 })).toEqualTypeOf<Promise<HistoryPart>>();
  messaging.history().then(({ entries, before }) => {
    expectTypeOf(before).toEqualTypeOf<string | null>();
    for (const entry of entries) {
      if (entry.type === 'message.received')
        expectTypeOf(entry.message.text).toEqualTypeOf<string | undefined>();
      // @ts-expect-error nobody types in the past
      if (entry.type === 'remote.typing') return;
    }
  });
  // @ts-expect-error there is no such option
  messaging.history({ befor: 'm1' });
  messaging.on('frame', ({ frame }) => expectTypeOf(frame).toEqualTypeOf<unknown>());
  expectTypeOf(messaging.sendAnswer({ text: 'Yes', payload: 'p' })).toEqualTypeOf<Promise<SentMessage>>();
  // @ts-expect-error there is no such kind
  messaging.sendAnswer({ text: 'Yes', payload: 'p', kind: 'link' });
  expectTypeOf(messaging.participantId).toEqualTypeOf<string>();
  expectTypeOf(messaging.deployment).toEqualTypeOf<DeploymentView | null>();
});

it('a transport of one’s own is held to the port', () => {
  const capabilities: TransportCapabilities = {
    stopTyping: false,
    readReceipts: false,
    messageEndsTyping: true,
    spacing: 5000,
    timeToLive: 6000,
  };
  const own = {
    capabilities,
    sendTyping: async (call, { signal }) => {
      expectTypeOf(call).toEqualTypeOf<TypingCall>();
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      return { status: 204 };
    },
    sendRead: async () => ({}),
  } satisfies Transport;
  expectTypeOf(own.sendRead).returns.resolves.toMatchTypeOf<Accepted>();
  // @ts-expect-error reading is part of the port
  const half: Transport = { capabilities, sendTyping: async () => ({}) };
  // @ts-expect-error what was accepted is told as an object
  const mute: Transport = { capabilities, sendTyping: async () => true, sendRead: async () => ({}) };
  expectTypeOf([half, mute]).items.toEqualTypeOf<Transport>();
});

it('an error carries a code that programs can compare', () => {
  const thrown: unknown = new ConversationError({ code: 'network', message: 'x' });
  if (isConversationError(thrown)) {
    expectTypeOf(thrown).toEqualTypeOf<ConversationError>();
    expectTypeOf(thrown.code).toEqualTypeOf<ConversationErrorCode>();
    // @ts-expect-error there is no such code
    if (thrown.code === 'newtork') return;
  }
  expectTypeOf<FailureCode>().toMatchTypeOf<ConversationErrorCode>();
  // @ts-expect-error there is no such code
  new ConversationError({ code: 'oops', message: 'x' });
});
