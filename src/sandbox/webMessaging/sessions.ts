import type { Conversations } from '../conversations/conversations.ts';
import type { SandboxClock } from '../shared/clock.ts';
import { ContractError } from '../shared/contractError.ts';
import { longestDelay } from '../shared/validate.ts';
import type { Connection } from './connection.ts';
import type { Deployments } from './deployments.ts';
import { notice, response, type ServerFrame, type StructuredBody } from './frames.ts';
import type { WebMessagingSession } from './sessionView.ts';

const mostSessions = 1000;

/** A guest's session: one token, one conversation at a time, and the sockets that share it. */
export interface Session {
  readonly token: string;
  readonly deploymentId: string;
  conversationId: string;
  guestId: string;
  state: 'open' | 'closed' | 'expired';
  readOnly: boolean;
  expiresAt: number;
  timer: unknown;
  history: StructuredBody[];
  readonly connections: Set<Connection>;
}

/** The guests' sessions, by their tokens and by their conversations. */
export class Sessions {
  readonly #clock: SandboxClock;
  readonly #conversations: Conversations;
  readonly #deployments: Deployments;
  readonly #byToken = new Map<string, Session>();
  readonly #byConversation = new Map<string, Session>();
  readonly #byConnection = new WeakMap<Connection, Session>();

  constructor(clock: SandboxClock, conversations: Conversations, deployments: Deployments) {
    this.#clock = clock;
    this.#conversations = conversations;
    this.#deployments = deployments;
  }

  /** Makes `connection` one of the token's session, and starts a new session where there is none to resume. */
  configure(
    connection: Connection,
    token: string,
    startNew: boolean,
    mostConnections: number,
  ): { session: Session; isNew: boolean } {
    const known = this.#byToken.get(token);
    const isUsable =
      known !== undefined && known.state !== 'expired' && known.deploymentId === connection.deploymentId;
    const isNew = startNew || !isUsable;
    const session = known !== undefined && isUsable ? known : this.#create(token, connection, known);
    if (isNew) this.#begin(session);
    if (this.ofConnection(connection) !== session) this.leave(connection);
    this.#byConnection.set(connection, session);
    session.connections.add(connection);
    for (const oldest of session.connections) {
      if (session.connections.size <= mostConnections) break;
      oldest.send(notice('ConnectionClosedEvent'));
      this.#dismiss(oldest);
    }
    return { session, isNew };
  }

  /** The session of a conversation, or undefined when it is no longer the session's. */
  of(conversationId: string): Session | undefined {
    return this.#byConversation.get(conversationId);
  }

  /** The session a connection is configured for, or undefined. */
  ofConnection(connection: Connection): Session | undefined {
    return this.#byConnection.get(connection);
  }

  /** The session of a token or conversation. Throws a 404 `ContractError` when there is none. */
  find(id: string): Session {
    const session = this.#byConversation.get(id) ?? this.#byToken.get(id);
    if (session !== undefined) return session;
    throw new ContractError(404, 'not.found', 'There is no such web messaging session.');
  }

  /** The session of a token, or undefined. */
  byToken(token: string): Session | undefined {
    return this.#byToken.get(token);
  }

  /** Whether nothing may be sent in the session: it is closed, made read-only, or its conversation ended for good. */
  isReadOnly(session: Session): boolean {
    return (
      session.readOnly || session.state !== 'open' || (this.hasEnded(session) && this.#endsForGood(session))
    );
  }

  /** Whether the agent has ended the session's conversation. */
  hasEnded({ conversationId }: Session): boolean {
    return this.#conversations.view(conversationId).ended;
  }

  /** Sends a frame to all sockets of a session. */
  broadcast(session: Session, frame: ServerFrame | string): void {
    for (const connection of session.connections) connection.send(frame);
  }

  /** Puts the session's end off: a message was sent. */
  touch(session: Session): void {
    const { sessionDurationSeconds } = this.#deployments.get(session.deploymentId);
    session.expiresAt = this.#clock.now() + sessionDurationSeconds * 1000;
    this.#watch(session);
  }

  /** Takes a connection out of its session. */
  leave(connection: Connection): void {
    this.ofConnection(connection)?.connections.delete(connection);
    this.#byConnection.delete(connection);
  }

  /** Ends the session for age, and tells its sockets. */
  expire(session: Session): void {
    if (session.state === 'expired') return;
    this.#finish(session, 'expired');
    this.broadcast(session, response('SessionExpiredEvent', {}));
  }

  /** Ends the session at the guest's wish. Its token now opens a read-only session, unless a new one is asked for. */
  close(session: Session): void {
    this.#finish(session, 'closed');
  }

  /** Forgets the session, after the frames that say why; its sockets are closed and its token is free again. */
  remove(session: Session, ...frames: ServerFrame[]): void {
    for (const frame of frames) this.broadcast(session, frame);
    this.#finish(session, 'closed');
    this.#forget(session);
    for (const connection of session.connections) this.#dismiss(connection);
  }

  /** Closes the other sockets of a session. */
  dismissOthers(session: Session, staying: Connection): void {
    for (const connection of session.connections) {
      if (connection === staying) continue;
      connection.send(notice('ConnectionClosedEvent'));
      this.#dismiss(connection);
    }
  }

  /** All sessions, oldest first. */
  list(): WebMessagingSession[] {
    return [...this.#byToken.values()].map((session) => ({
      conversationId: session.conversationId,
      guestId: session.guestId,
      deploymentId: session.deploymentId,
      state: session.state,
      readOnly: this.isReadOnly(session),
      expiresAt: new Date(session.expiresAt).toISOString(),
      connections: session.connections.size,
    }));
  }

  /** Cancels every timer. */
  dispose(): void {
    for (const session of this.#byToken.values()) this.#clock.clearTimeout(session.timer);
  }

  #create(token: string, { deploymentId }: Connection, former: Session | undefined): Session {
    if (former !== undefined) {
      this.#finish(former, 'closed');
      this.#forget(former);
    }
    if (this.#byToken.size >= mostSessions) this.#forgetOldest();
    const session: Session = {
      token,
      deploymentId,
      conversationId: '',
      guestId: '',
      state: 'closed',
      readOnly: false,
      expiresAt: 0,
      timer: undefined,
      history: [],
      connections: former?.deploymentId === deploymentId ? former.connections : new Set(),
    };
    for (const connection of session.connections) this.#byConnection.set(connection, session);
    this.#byToken.set(token, session);
    return session;
  }

  #begin(session: Session): void {
    if (session.conversationId !== '') {
      this.#finish(session, 'closed');
      this.#byConversation.delete(session.conversationId);
    }
    const { conversationId, guestId } = this.#conversations.start('socket');
    Object.assign(session, { conversationId, guestId, state: 'open', readOnly: false, history: [] });
    this.#byConversation.set(conversationId, session);
    this.touch(session);
  }

  #finish(session: Session, state: 'closed' | 'expired'): void {
    session.state = state;
    this.#clock.clearTimeout(session.timer);
    this.#conversations.end(session.conversationId);
  }

  #forget(session: Session): void {
    if (this.#byToken.get(session.token) === session) this.#byToken.delete(session.token);
    this.#byConversation.delete(session.conversationId);
  }

  #forgetOldest(): void {
    const idle = [...this.#byToken.values()].find(({ connections }) => connections.size === 0);
    if (idle === undefined) return;
    this.#finish(idle, 'closed');
    this.#forget(idle);
  }

  #dismiss(connection: Connection): void {
    this.leave(connection);
    connection.close();
  }

  #endsForGood({ deploymentId }: Session): boolean {
    const { enabled, type } = this.#deployments.get(deploymentId).conversationDisconnect;
    return enabled && type === 'ReadOnly';
  }

  #watch(session: Session): void {
    this.#clock.clearTimeout(session.timer);
    const left = session.expiresAt - this.#clock.now();
    session.timer = this.#clock.setTimeout(
      () => (left > longestDelay ? this.#watch(session) : this.expire(session)),
      Math.min(left, longestDelay),
    );
  }
}
