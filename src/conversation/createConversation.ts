import { createReading } from '../reading/index.ts';
import { createLog } from '../shared/log.ts';
import { createAcceptances } from './acceptances.ts';
import { createChart } from './chart.ts';
import { createInbound } from './inbound.ts';
import { createLife } from './life.ts';
import { createMessageVerbs } from './messageVerbs.ts';
import { resolveOptions } from './options.ts';
import { createPageVerbs } from './pageVerbs.ts';
import { createSendMessage } from './sendMessage.ts';
import type { Conversation, ConversationOptions } from './types.ts';
import { createTypingVerbs } from './typingVerbs.ts';

/**
 * Makes a conversation: an XState actor and a handle whose verbs send it one event each. Reads its storage,
 * and does nothing more until `start()`.
 *
 * @throws ConversationError `invalid-option` when an option cannot be right.
 */
export function createConversation(options: ConversationOptions): Conversation {
  const resolved = resolveOptions(options);
  const { transport } = resolved;
  const log = createLog(resolved.logger);
  const unattached = createReading(resolved);
  const chart = createChart(resolved, unattached, log);
  const reading = unattached.attach(chart);
  const noteAcceptance = createAcceptances(chart, reading.order);
  const inbound = createInbound(transport, chart, reading, noteAcceptance, log);
  const life = createLife(chart, inbound, reading, log);

  const conversation: Conversation = {
    actor: chart.actor,
    on: chart.on,
    receive: inbound.receive,
    ...life,
    start: () => {
      life.start();
      return conversation;
    },
    ...createTypingVerbs(chart),
    ...createMessageVerbs(chart, reading, noteAcceptance, transport.participantId),
    ...createSendMessage(chart, transport, noteAcceptance),
    ...createPageVerbs(chart, transport, reading.saveNow, log),
    ...reading.verbs,
    get unread() {
      return reading.verbs.unread;
    },
  };
  return conversation;
}
