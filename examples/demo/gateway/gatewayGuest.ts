import {
  createConversation,
  eventStream,
  type GuestRest,
  guestRest,
  type LogEntry,
  persistLedger,
} from 'genesys-conversation-machine';
import { shareAcrossTabs } from 'genesys-conversation-machine/tabs';
import type { CallRow } from '../inspector/callList.ts';
import { inspector } from '../inspector/liveChart.ts';
import type { Person } from '../panes/person.ts';
import { capabilitiesOf, openSession, renew } from './gatewaySession.ts';
import { rowsOf } from './guestCalls.ts';

/** A guest of a gateway. */
export interface GatewayGuest extends Person {
  readonly transport: GuestRest;
}

export interface GatewayGuestOptions {
  /** The gateway's address. */
  readonly orgUrl: string;
  readonly isFresh: boolean;
  readonly logger: (entry: LogEntry) => void;
  readonly showCall: (row: CallRow) => void;
}

/** Opens a conversation at a gateway, or goes on with the one from before a reload. */
export async function openGatewayGuest({
  orgUrl,
  isFresh,
  logger,
  showCall,
}: GatewayGuestOptions): Promise<GatewayGuest> {
  const fetch = rowsOf(showCall);
  const [capabilities, opened] = await Promise.all([
    capabilitiesOf(orgUrl),
    openSession(orgUrl, isFresh, fetch),
  ]);
  const { conversationId, guestId } = opened;
  let { guestToken } = opened;
  let isFirst = true;
  const token = async ({ signal }: { readonly signal: AbortSignal }) => {
    if (!isFirst) guestToken = await renew(orgUrl, { ...opened, guestToken }, fetch, signal);
    isFirst = false;
    return guestToken;
  };
  const transport = guestRest({
    ...{ orgUrl, participantId: guestId, token, fetch, events: eventStream() },
    ...capabilities,
  });
  const conversation = createConversation({
    ...{ conversationId, logger, transport, storage: persistLedger(localStorage) },
    inspect: inspector.inspect,
    tabs: shareAcrossTabs(),
  });
  return {
    id: guestId,
    transport,
    conversation,
    send: (text) => {
      const sent = conversation.sendMessage(text);
      // The guest's conversation is theirs for good: after its end the next message begins it again. Not before that left:
      // their last keys would be told in a conversation that has not begun, and the refusal would end this one.
      if (conversation.actor.getSnapshot().value.link === 'ended') conversation.reopen();
      return sent;
    },
  };
}
