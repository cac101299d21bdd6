import { type Conversations, longestText } from '../conversations/conversations.ts';
import type { Manner } from '../conversations/events.ts';
import type { CallFaults } from '../faults/callFault.ts';
import type { Journal } from '../journal/journal.ts';
import type { OpenMessaging } from '../openMessaging/openMessaging.ts';
import { checkPageGateway, type PageGateway } from '../pages/pageGateway.ts';
import type { EventStreams } from '../rest/eventStreams.ts';
import type { GuestToken, Tokens } from '../rest/tokens.ts';
import { checkRateLimit, type RateLimiter } from '../shared/rateLimit.ts';
import type { Switches } from '../shared/switches.ts';
import {
  checkBoolean,
  checkCloseCode,
  checkCloseReason,
  checkDelay,
  checkOneOf,
  checkRecord,
  checkString,
} from '../shared/validate.ts';
import type { WebMessaging } from '../webMessaging/webMessaging.ts';
import { createOpenMessagingHandle } from './createOpenMessagingHandle.ts';
import { createWebMessagingHandle } from './createWebMessagingHandle.ts';
import type { Sandbox, SandboxAgent } from './handle.ts';

/** What a handle commands. */
interface HandleParts {
  readonly conversations: Conversations;
  readonly journal: Journal;
  readonly faults: CallFaults;
  readonly tokens: Tokens;
  readonly streams: EventStreams;
  readonly limiter: RateLimiter;
  readonly switches: Switches;
  readonly pages: { gateway: PageGateway | undefined };
  readonly web: WebMessaging;
  readonly openMessaging: OpenMessaging;
}

/** Makes the handle of a server that listens on `run.port`. `close` is called at most once. */
export function createHandle(
  run: Pick<Sandbox, 'port' | 'secret' | 'clientId' | 'clientSecret'>,
  parts: HandleParts,
  close: () => Promise<void>,
): Sandbox {
  const { conversations, journal, faults, limiter, streams, switches, tokens, web } = parts;
  let closing: Promise<void> | undefined;

  const known = (conversationId: unknown) =>
    conversations.view(checkString('conversationId', conversationId)).conversationId;
  const agentOf = (conversationId: string) => conversations.view(known(conversationId)).agentId;

  const issueToken = (conversationId: string): GuestToken =>
    tokens.issueGuest(conversationId, conversations.view(known(conversationId)).guestId);

  const agent: SandboxAgent = {
    typing: (conversationId, isTyping, manner) =>
      conversations.setTyping(
        conversationId,
        agentOf(conversationId),
        checkBoolean('isTyping', isTyping),
        checkManner(manner, ['duration', 'bot']),
      ),
    say: (conversationId, text, manner) =>
      conversations.say(
        conversationId,
        agentOf(conversationId),
        checkString('text', text, longestText),
        checkManner(manner, ['bot', 'nickname', 'image']),
      ),
    read: (conversationId, messageId) => {
      if (messageId !== undefined) checkString('messageId', messageId);
      conversations.read(conversationId, agentOf(conversationId), messageId);
    },
  };

  return {
    ...run,
    url: `http://127.0.0.1:${run.port}`,
    deploymentId: web.deployments.ownId,
    webMessaging: createWebMessagingHandle(web, run.port),
    openMessaging: createOpenMessagingHandle(parts.openMessaging, run.port),
    agent,
    calls: (matcher) => journal.list(matcher),
    clearCalls: () => journal.clear(),
    waitForCall: (matcher = {}, options = {}) => {
      if (options.timeout !== undefined) checkDelay('timeout', options.timeout);
      if (options.until !== undefined) checkOneOf('until', options.until, ['arrived', 'settled']);
      return closing === undefined
        ? journal.wait(matcher, options)
        : Promise.reject(new Error('The sandbox is closed.'));
    },
    fault: (spec) => faults.add(spec),
    clearFaults: () => {
      faults.clear();
      web.faults.clear();
    },
    startConversation: () => {
      const { conversationId, guestId } = conversations.start();
      return { conversationId, guestId, ...issueToken(conversationId) };
    },
    conversations: () => conversations.list(),
    conversation: (conversationId) => conversations.view(known(conversationId)),
    endConversation: (conversationId) => conversations.end(known(conversationId)),
    reopenConversation: (conversationId) => conversations.reopen(known(conversationId)),
    issueToken,
    expireTokens: (conversationId) => {
      tokens.expire(conversationId === undefined ? undefined : known(conversationId));
      const session = conversationId === undefined ? undefined : web.sessions.of(conversationId);
      if (conversationId === undefined || session !== undefined) web.jwts.expire(session?.token);
    },
    revokeScope: (conversationId) => tokens.setScope(known(conversationId), false),
    grantScope: (conversationId) => tokens.setScope(known(conversationId), true),
    setTypingEnabled: (enabled) => {
      switches.typingEnabled = checkBoolean('enabled', enabled);
    },
    setRateLimit: (limit) => {
      limiter.limit = checkRateLimit(limit);
    },
    setPageGateway: (gateway) => {
      parts.pages.gateway = gateway === null ? undefined : checkPageGateway(gateway);
    },
    pushFrame: (conversationId, frame) =>
      streams.push(known(conversationId), typeof frame === 'string' ? frame : JSON.stringify(frame)),
    stallStreams: (conversationId) => streams.stall(known(conversationId)),
    dropStreams: (conversationId, code, reason = '') => {
      if (code !== undefined) checkCloseCode('code', code);
      checkCloseReason('reason', reason);
      streams.drop(known(conversationId), code, reason);
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function checkManner(value: unknown, known: (keyof Manner)[]): Manner {
  if (value === undefined) return {};
  const { bot, nickname, image, duration } = checkRecord('manner', value, known);
  return {
    ...(bot !== undefined && { bot: checkBoolean('bot', bot) }),
    ...(nickname !== undefined && { nickname: checkString('nickname', nickname) }),
    ...(image !== undefined && { image: checkString('image', image, 2048) }),
    ...(duration !== undefined && { duration: checkDelay('duration', duration) }),
  };
}
