import { v4 as uuid } from 'uuid';
import type { SessionEvent } from '../../machines/session/events.ts';
import type {
  FoundMessage,
  OutgoingFrame,
  SessionReadings,
  SocketCommand,
} from '../../machines/session/types.ts';
import { within } from '../shared/deadline.ts';
import { toFailure } from '../shared/errors.ts';
import { openSocket } from '../shared/platformSocket.ts';
import { storagePatience } from '../shared/storage.ts';
import { baselineOf, missedIn } from './catchUp.ts';
import { type Connection, openConnection } from './connection.ts';
import type { Deployment, DeploymentLoader, DeploymentView, NoDeployment } from './deploymentConfig.ts';
import { findMessages } from './findMessages.ts';
import { historyPages } from './historyPages.ts';
import { identityKeeper } from './identity.ts';
import { createIntake } from './intake.ts';
import { jwtKeeper } from './jwtKeeper.ts';
import type { ResolvedOptions } from './options.ts';
import { type MessageBody, outgoing } from './outgoing.ts';
import type { PastMessage } from './ownMessages.ts';
import { RawFrames } from './rawFrames.ts';
import { type HistoryReader, historyReader } from './readHistory.ts';

/** How long the public configuration may keep a connection waiting, ms. */
const configWait = 5000;

/** What the chart's actors work with. It holds the token and the socket; the chart holds neither. */
export interface Wire {
  readonly readings: SessionReadings;
  /** Local name of the conversation; null before the first connection. */
  conversationId(): string | null;
  /** Who listens to what comes in, as it comes. */
  readonly rawFrames: Pick<RawFrames, 'listen'>;
  /** What the deployment's configuration says, as far as it is known. */
  deployment(): DeploymentView | null;
  /** Whether the deployment's configuration forbids typing signals. */
  typingIsOff(): boolean;
  /** Makes one connection and tells what comes of it, until the returned function is called. */
  connect(
    tell: (event: SessionEvent) => void,
    receive: (listener: (command: SocketCommand) => void) => void,
  ): () => void;
  /** Hands a typing signal to the open socket; its tracing id, or null where it did not leave. */
  sendTyping(): string | null;
  /** Looks into history for messages. */
  findMessages(ids: readonly string[], signal: AbortSignal): Promise<readonly FoundMessage[]>;
  /**
   * Tells what history has that was not told, with what comes in live meanwhile behind it, until the returned function
   * is called; with `isBaseline` only notes what is there already (I-1).
   */
  catchUp(tell: (event: SessionEvent) => void, isBaseline: boolean): () => void;
  /** Reads a part of the history, for the application to show. */
  readonly history: HistoryReader;
  /** How many of the guest's own messages came in live. */
  ownMessages(): number;
  /** The guest's token must not be used again. */
  forgetIdentity(): void;
  /** What follows is another conversation of the same guest. */
  beginConversation(): void;
  /** Nothing is waited for any more. */
  end(): void;
}

/** What the wire of one session needs of what is around it. */
interface WireSurroundings {
  /** What a message says while it is not settled. */
  bodyOf(id: string): MessageBody | undefined;
  /** Gets what the guest wrote before this session began here, the oldest first. */
  tellOwn(messages: readonly PastMessage[]): void;
  /** Whether the session is configured: nothing is asked over its socket before (W-1). */
  isUp(): boolean;
  /** Gets each kind of oddity once. */
  warn(message: string): void;
}

/** Makes the {@link Wire} of one session. */
export function createWire(
  options: ResolvedOptions,
  deployment: DeploymentLoader | null,
  { bodyOf, tellOwn, isUp, warn }: WireSurroundings,
): Wire {
  const { clock, endpoints, deploymentId, storage, Socket, origin } = options;
  const lifetime = new AbortController();
  const report = (message: string): void => {
    if (!lifetime.signal.aborted) warn(message);
  };
  const identity = identityKeeper(storage, `genesys-conversation-machine:${deploymentId}`, report, (work) =>
    within({ signal: lifetime.signal, deadline: { clock, ms: storagePatience } }, work),
  );
  const jwts = jwtKeeper(clock);
  const intake = createIntake(clock, identity, jwts, bodyOf, warn);
  const askForJwt = (): boolean => isUp() && send(outgoing.jwt(token(), uuid()));
  const pages = historyPages(endpoints, options.getJson, jwts, askForJwt);
  let current: Connection | null = null;
  const rawFrames = new RawFrames();
  let view: DeploymentView | null = null;

  const token = (): string => identity.current?.token ?? '';
  const send = (text: string): boolean => current?.send(text) ?? false;
  const textOf = (frame: OutgoingFrame): string | null => {
    switch (frame.kind) {
      case 'configure':
        intake.configureLeft();
        return outgoing.configure(token(), deploymentId, uuid(), frame.startNew);
      case 'closeSession':
        return outgoing.closeSession(token(), uuid());
      case 'join':
        return outgoing.join(token(), uuid());
      case 'echo':
        return outgoing.echo(token());
      case 'jwt':
        return outgoing.jwt(token(), uuid());
      case 'message': {
        const body = bodyOf(frame.id);
        return body === undefined ? null : outgoing.message(token(), frame.id, body);
      }
    }
  };
  const prepare = async (signal: AbortSignal): Promise<Deployment | NoDeployment> => {
    const [, verdict] = await Promise.all([
      identity.load(),
      deployment === null
        ? null
        : within({ signal, deadline: { clock, ms: configWait } }, (limited) =>
            deployment.load(limited),
          ).catch(() => null),
    ]);
    return verdict ?? { view, autoStart: false };
  };

  return {
    readings: {
      now: () => clock.now(),
      wallNow: () => clock.wallNow(),
      lastFrameAt: intake.lastFrameAt,
      frameCount: intake.frameCount,
      answerCount: intake.answerCount,
    },
    conversationId: () => identity.current?.conversationId ?? null,
    rawFrames,
    deployment: () => view,
    typingIsOff: () => view?.showUserTypingIndicator === false,
    connect: (tell, receive) => {
      const connection = openConnection(
        {
          intake,
          clock,
          heard: (data) => rawFrames.tell(data, token()),
          prepare,
          prepared: (deployment) => {
            view = deployment.view;
          },
          dial: (listener) => openSocket(Socket, endpoints.socket, origin, listener),
          shookHands: (hasWorked) => deployment?.noteHandshake(hasWorked),
          textOf,
          over: () => {
            if (current !== connection) return;
            current = null;
            intake.discard();
            jwts.lost();
          },
        },
        tell,
        receive,
      );
      current = connection;
      return connection.close;
    },
    sendTyping: () => {
      const tracingId = uuid();
      if (!send(outgoing.typing(token(), tracingId))) return null;
      intake.typingLeft(tracingId);
      return tracingId;
    },
    findMessages: async (ids, signal) => {
      const found = await findMessages(pages, ids, signal);
      intake.noteKnown(found.map(({ messageId }) => ({ direction: 'inbound', messageId })));
      return found;
    },
    catchUp: (tell, isBaseline) => {
      const controller = new AbortController();
      const { signal } = controller;
      const wantsBaseline = isBaseline && !intake.isFromTheStart();
      const goOn = async (): Promise<SessionEvent> => {
        if (wantsBaseline) {
          const baseline = await baselineOf(pages, signal);
          intake.noteKnown(baseline);
          if (!signal.aborted) tellOwn(baseline.filter(({ direction }) => direction === 'inbound').reverse());
          return { type: 'past.had', isWhole: true };
        }
        const known = { has: intake.knows, isFromTheStart: intake.isFromTheStart };
        const { messages, isWhole } = await missedIn(pages, known, signal);
        for (const message of signal.aborted ? [] : messages) {
          if (!intake.knows(message)) tell(message);
          intake.noteKnown([message]);
        }
        return { type: 'past.had', isWhole };
      };
      if (wantsBaseline) intake.release();
      goOn()
        .catch((thrown): SessionEvent => ({ type: 'past.missing', failure: toFailure(thrown) }))
        .then((event) => {
          if (signal.aborted) return;
          intake.release();
          tell(event);
        });
      return () => controller.abort();
    },
    history: historyReader(pages),
    ownMessages: intake.ownMessages,
    forgetIdentity: () => identity.forget(),
    beginConversation: () => identity.beginConversation(),
    end: () => {
      lifetime.abort();
      rawFrames.end();
    },
  };
}
