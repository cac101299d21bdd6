import { createReading } from '../reading/index.ts';
import { createLog } from '../shared/log.ts';
import { createAcceptances } from './acceptances.ts';
import { createChart, type RunningChart } from './chart.ts';
import { createEvidence } from './evidence.ts';
import { createInbound } from './inbound.ts';
import { createLife } from './life.ts';
import { createMessageVerbs } from './messageVerbs.ts';
import { resolveOptions } from './options.ts';
import { createPageVerbs } from './pageVerbs.ts';
import { createSendMessage } from './sendMessage.ts';
import { createSharingVerbs } from './sharingVerbs.ts';
import type { Conversation, ConversationOptions } from './types.ts';
import { createTypeWhile } from './typeWhile.ts';
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
  const evidence = createEvidence(chart, reading, {
    ownId: transport.participantId,
    clock: resolved.clock,
    noteAcceptance,
  });
  const inbound = createInbound(transport, evidence, log);
  const life = createLife(chart, inbound, reading, log);

  const conversation: Conversation = {
    actor: chart.actor,
    on: chart.on,
    receive: (frame) => !chart.isStopped() && inbound.receive(frame),
    ...life,
    ...quietOnceStopped(chart, { open: life.open, reopen: life.reopen, close: life.close, end: life.end }),
    start: () => {
      life.start();
      return conversation;
    },
    ...createTypingVerbs(chart),
    ...createTypeWhile(chart),
    ...quietOnceStopped(chart, createSharingVerbs(chart)),
    ...quietOnceStopped(
      chart,
      createMessageVerbs(chart, reading, evidence, {
        noteAcceptance,
        answeringReads: resolved.answeringReads,
      }),
    ),
    ...createSendMessage(chart, transport, noteAcceptance),
    ...createPageVerbs(chart, transport, reading.saveNow, log),
    ...reading.verbs,
    ...quietOnceStopped(chart, {
      viewed: reading.verbs.viewed,
      seen: reading.verbs.seen,
      markAsUnread: reading.verbs.markAsUnread,
      flush: reading.verbs.flush,
    }),
    get unread() {
      return reading.verbs.unread;
    },
  };
  return conversation;
}

/** Verbs that tell of something: once the chart has stopped they do nothing, whatever they are given (C-1). */
function quietOnceStopped<Verbs extends { readonly [Name in keyof Verbs]: (...told: never[]) => void }>(
  { isStopped }: RunningChart,
  verbs: Verbs,
): Verbs {
  const quiet = Object.entries<(...told: never[]) => void>(verbs).map(([name, verb]) => [
    name,
    (...told: never[]) => {
      if (!isStopped()) verb(...told);
    },
  ]);
  return Object.fromEntries(quiet);
}
