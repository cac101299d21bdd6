import type { WebSocket } from 'ws';
import type { Backing } from './backing/backing.ts';
import { agentId, type Conversations, type Message, shown } from './conversations.ts';
import type { GuestClaims } from './guestTokens.ts';
import { isAcknowledged, send } from './socket.ts';

/** A stream that has shown whose it is. */
export interface Stream extends GuestClaims {
  readonly socket: WebSocket;
}

/** The streams of one conversation that are connected to this process. */
export interface Room {
  readonly size: number;
  /** Takes a stream in; false where the room was left by the last one meanwhile, and another one is to be opened. */
  join(stream: Stream): Promise<boolean>;
  leave(stream: Stream): void;
  /** Tells what was said while nothing could be heard. */
  catchUp(): Promise<void>;
}

/** What is published to the streams of a conversation: a message with its place, by which a gap is seen, or anything else. */
export type Notice =
  | { readonly message: Message; readonly place: number }
  | { readonly frame: object; readonly message?: undefined };

/** What a room is served from. */
export interface RoomParts {
  readonly backing: Backing;
  readonly conversations: Conversations;
  /** Told that a message which is not the guest's own has reached them. */
  readonly onDelivered: (guestId: string, messageId: string) => void;
  readonly log: (line: string) => void;
}

/** What the streams of a conversation listen to. */
export const topicOf = (conversationId: string): string => `conversation:${conversationId}`;

/** Begins to listen for the streams of a conversation; `onEmpty` is called when the last one has left. */
export async function createRoom(
  parts: RoomParts,
  conversationId: string,
  onEmpty: () => void,
): Promise<Room> {
  const { backing, conversations, onDelivered, log } = parts;
  const streams = new Set<Stream>();
  /** The place of the last message that was told. */
  let told = 0;
  let isClosed = false;
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(act: () => Result | Promise<Result>): Promise<Result> => {
    const done = turn.then(act);
    turn = done.catch(() => log('streams: a conversation could not be read.'));
    return done;
  };

  const tell = (frame: object): void => {
    for (const { socket } of streams) send(socket, frame);
  };
  const tellMessage = (message: Message): void => {
    if (message.isRefused) return;
    tell({ type: 'conversation:message', conversationId, ...shown(message) });
    for (const { socket, guestId } of streams) {
      if (message.participantId !== agentId) continue;
      void isAcknowledged(socket).then((isThere) => isThere && onDelivered(guestId, message.messageId));
    }
  };
  const readOn = async () => {
    const conversation = await conversations.get(conversationId);
    const { messages, said } = conversation;
    for (const message of messages.slice(Math.max(0, messages.length - (said - told)))) tellMessage(message);
    told = said;
    return conversation;
  };
  const hear = (notice: Notice): void => {
    if (streams.size === 0) return;
    const take = async (): Promise<void> => {
      if (notice.message === undefined) return tell(notice.frame);
      if (notice.place <= told) return;
      if (notice.place > told + 1) return void (await readOn());
      told = notice.place;
      tellMessage(notice.message);
    };
    inTurn(take).catch(() => {});
  };
  const stop = await backing.listen(topicOf(conversationId), hear);
  const close = (): void => {
    if (isClosed || streams.size > 0) return;
    isClosed = true;
    stop();
    onEmpty();
  };

  return {
    get size() {
      return streams.size;
    },
    join: (stream) =>
      inTurn(async () => {
        if (isClosed) return false;
        try {
          const { said, platformId, isLive } = await conversations.get(conversationId);
          if (streams.size === 0) told = said;
          streams.add(stream);
          // Not before: who hears it reads the history, and is told here of what comes after.
          const { socket, guestId: participantId } = stream;
          send(socket, { type: 'authenticated', conversationId, participantId });
          if (platformId !== null && !isLive) send(socket, { type: 'conversation:ended', conversationId });
          return true;
        } finally {
          close();
        }
      }),
    leave: (stream) => {
      if (streams.delete(stream)) close();
    },
    catchUp: () =>
      inTurn(async () => {
        if (streams.size === 0) return;
        const { platformId, isLive, reads } = await readOn();
        for (const [participantId, messageId] of Object.entries(reads))
          tell({ type: 'conversation:read', conversationId, participantId, messageId });
        if (platformId !== null && !isLive) tell({ type: 'conversation:ended', conversationId });
      }),
  };
}
