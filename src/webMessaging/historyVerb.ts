import type { Clock } from '../shared/clock.ts';
import { within } from '../shared/deadline.ts';
import { ConversationError, invalidOption, isConversationError } from '../shared/errors.ts';
import { checkMessageId, checkOptions, namesOf } from '../shared/validate.ts';
import type { Feed } from './conversationFeed.ts';
import type { HistoryPart, HistoryQuery } from './readHistory.ts';
import { otherConversation, stoppedError } from './refusals.ts';
import type { SessionActor } from './sessionActor.ts';
import type { Wire } from './wire.ts';

/** Which part of the history is wanted. */
export interface HistoryOptions {
  /** Only what is older: the `before` of the last part, or the id of a message. Default: from the newest. */
  readonly before?: string;
  /** Most messages and events to have, from 1 to 100; more only where none of so many has an id. Default: 25. */
  readonly limit?: number;
}

/** What the verb works with. */
interface HistoryParts {
  readonly actor: SessionActor;
  readonly wire: Wire;
  readonly feed: Feed;
  readonly clock: Clock;
  /** How long a call may take, ms. */
  readonly patience: number;
  /** Aborts when the session is stopped. */
  readonly lifetime: AbortSignal;
}

const optionNames = namesOf<HistoryOptions>({ before: true, limit: true });
const longest = 100;

/**
 * Makes the verb that shows the past to an application, and tells conversations of it as history. What was
 * missed while the socket was down still comes as messages (I-1): a look into the past takes nothing from that.
 */
export function historyVerb(parts: HistoryParts): (options?: HistoryOptions) => Promise<HistoryPart> {
  const { actor, wire, feed, clock, patience, lifetime } = parts;
  let blockedUntil = Number.NEGATIVE_INFINITY;

  const refusal = (): ConversationError | null => {
    if (lifetime.aborted) return stoppedError();
    const snapshot = actor.getSnapshot();
    if (!snapshot.hasTag('up')) return notUp();
    const msLeft = Math.max(blockedUntil, snapshot.context.blockedUntil) - clock.now();
    return msLeft > 0 ? limited(Math.ceil(msLeft)) : null;
  };
  const get = async (query: HistoryQuery): Promise<HistoryPart> => {
    const refused = refusal();
    if (refused) throw refused;
    const conversationId = wire.conversationId();
    const { messages, ...part } = await within(
      { signal: lifetime, deadline: { clock, ms: patience } },
      (signal) => wire.history(query, signal),
      () => (lifetime.aborted ? stoppedError() : tooLate()),
    );
    if (wire.conversationId() !== conversationId) throw otherConversation();
    feed.past(messages);
    return part;
  };

  return (options) => {
    const asked = get(checked(options)).catch((thrown) => {
      if (isConversationError(thrown) && thrown.code === 'rate-limited' && thrown.retryAfterMs)
        blockedUntil = Math.max(blockedUntil, clock.now() + thrown.retryAfterMs);
      throw thrown;
    });
    asked.catch(() => {});
    return asked;
  };
}

function checked(options: HistoryOptions = {}): HistoryQuery {
  checkOptions(options, 'an object with before and limit, or nothing', optionNames);
  const { before, limit = 25 } = options;
  if (before !== undefined) checkMessageId('before', before);
  if (!Number.isInteger(limit) || limit < 1 || limit > longest) {
    throw invalidOption('limit', `a whole number from 1 to ${longest}`, limit);
  }
  return { before, limit };
}

const notUp = (): ConversationError =>
  new ConversationError({
    code: 'network',
    message: 'The session is not up; its history can be had once connect() has resolved.',
    unsent: true,
  });

const limited = (msLeft: number): ConversationError =>
  new ConversationError({
    code: 'rate-limited',
    message: 'The server asked for silence; ask for the history again when that is over.',
    retryAfterMs: msLeft,
  });

const tooLate = (): ConversationError =>
  new ConversationError({ code: 'timeout', message: 'The history did not come in time; ask again.' });
