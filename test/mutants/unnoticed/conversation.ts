import type { Unnoticed } from '../scope.ts';
import { narrowed, types, under } from './reasons.ts';

const conversation = under('machines/conversation');

export const inConversation: readonly Unnoticed[] = [
  { file: 'machines/conversation/base.ts', code: 'types: {', why: types },
  conversation(
    'opening.logic',
    "event.type === 'conversation.opened' && event.conversationId !== context.conversationId,",
    "event.type === 'conversation.opened'",
    'true',
    narrowed,
  ),
  conversation(
    'opening.logic',
    "event.type === 'conversation.opened' && context.conversationId === null,",
    "event.type === 'conversation.opened'",
    'true',
    narrowed,
  ),
  conversation(
    'opening.logic',
    "event.type === 'conversation.ended' && event.conversationId === context.conversationId,",
    "event.type === 'conversation.ended'",
    'true',
    narrowed,
  ),
  conversation(
    'opening.logic',
    "if (event.type !== 'conversation.opened') return {};",
    "event.type !== 'conversation.opened'",
    'false',
    narrowed,
  ),
  conversation(
    'opening.logic',
    'if (conversationId === null) return;',
    'conversationId === null',
    'false',
    'What leads here is the end of a conversation, or the answer to a call in one.',
  ),
  conversation(
    'receipts.logic',
    "if (event.type !== 'message.viewed' && event.type !== 'read.requested') return receipts;",
    "event.type !== 'message.viewed' && event.type !== 'read.requested'",
    'false',
    narrowed,
  ),
  conversation(
    'link.logic',
    "...(event.type === 'limit.announced' && { retryAfterMs: event.retryAfterMs }),",
    "event.type === 'limit.announced'",
    'true',
    narrowed,
  ),
  ...(
    [
      ["{ 'network.offline': { target: 'offline', actions: 'goOffline' } }", '{}'],
      ["{ target: 'offline', actions: 'goOffline' }", '{}'],
      ["'offline'", '""'],
    ] as const
  ).map(([from, to]) =>
    conversation(
      'link.states',
      "on: { 'network.offline': { target: 'offline', actions: 'goOffline' } },",
      from,
      to,
      'The region notes it as well, and leads there in the same step.',
    ),
  ),
  conversation(
    'link.states',
    "id: 'refreshToken',",
    "'refreshToken'",
    '""',
    'Nobody sends to this actor, or asks for it by its name.',
  ),
  conversation(
    'flush.logic',
    "flushAccepted: ({ event }: Args) => event.type === 'flush.settled' && event.failure === undefined,",
    "event.type === 'flush.settled'",
    'true',
    narrowed,
  ),
];
