import { v4 as uuid } from 'uuid';
import { isUuid } from '../shared/validate.ts';
import { objectOf, refuse, response, tracingIdOf } from './frames.ts';
import { mostCustomData } from './limits.ts';
import { receiveMessage } from './onMessage.ts';
import { answer, type Request, requireLive, type SessionRequest } from './request.ts';

/** What a deployment lets guests send, as both SessionResponse and GetConfigurationResponse tell it. */
const allowances = {
  maxCustomDataBytes: mostCustomData,
  allowedMedia: { inbound: { fileTypes: [{ type: '*/*' }], maxFileSizeKB: 10_240 } },
  blockedExtensions: ['.exe'],
};

/** Answers a frame and returns the code of the answer, or null when there is none. Throws a `Refusal`. */
type Action<Needs> = (request: Needs) => number | null;

const beforeSession: Record<string, Action<Request>> = {
  configureSession,
  configureAuthenticatedSession: () => {
    throw refuse(403, 'Authentication is not enabled for this deployment.');
  },
};

const inSession: Record<string, Action<SessionRequest>> = {
  onMessage: receiveMessage,
  closeSession,
  disconnectCustomer,
  echo,
  getJwt,
  getConfiguration,
  onAttachment: unavailable,
  getAttachment: unavailable,
  deleteAttachment: unavailable,
  resumeToken: unavailable,
};

/** Answers a frame by its action; see `Action`. */
export function perform(request: Request): number | null {
  const { action, token } = request.frame;
  if (typeof action !== 'string') throw refuse(400, 'action is missing.');
  const first = ownAction(beforeSession, action);
  const later = ownAction(inSession, action);
  if (first === undefined && later === undefined) throw refuse(400, 'Unknown action.');
  // Some clients send heartbeats without one: the connection says whose they are.
  const needsToken = action !== 'echo' || token !== undefined;
  if (needsToken && !isUuid(token)) throw refuse(400, 'token must be a UUID.');
  if (first !== undefined) return first(request);
  const session = request.parts.sessions.ofConnection(request.connection);
  if (session === undefined) throw refuse(401, 'The session is not configured.');
  if (needsToken && session.token !== token) throw refuse(401, 'The token is not the one of this session.');
  return later?.({ ...request, session }) ?? null;
}

function ownAction<Needs>(actions: Record<string, Action<Needs>>, name: string): Action<Needs> | undefined {
  return Object.hasOwn(actions, name) ? actions[name] : undefined;
}

function configureSession(request: Request): number {
  const { connection, frame } = request;
  const { deployments, limits, sessions } = request.parts;
  const token = String(frame.token);
  limits.count('configuresPerMinute', token);
  if (frame.deploymentId === undefined) throw refuse(400, 'deploymentId is missing.');
  if (frame.deploymentId !== connection.deploymentId) {
    throw refuse(400, 'deploymentId is not the one this socket was opened for.');
  }
  const startNew = frame.startNew === true;
  const { session, isNew } = sessions.configure(connection, token, startNew, limits.current.connections);
  const { sessionDurationSeconds } = deployments.get(session.deploymentId);
  return answer(
    request,
    response('SessionResponse', {
      connected: true,
      newSession: isNew,
      readOnly: sessions.isReadOnly(session),
      ...allowances,
      clearedExistingSession: false,
      durationSeconds: sessionDurationSeconds,
      expirationDate: Math.floor(session.expiresAt / 1000),
      autoStarted: false,
    }),
  );
}

function closeSession(request: SessionRequest): number {
  const { connection, frame, session } = request;
  requireLive(request);
  const { sessions } = request.parts;
  if (frame.closeAllConnections === true) sessions.dismissOthers(session, connection);
  sessions.close(session);
  const body = { connected: false, newSession: false, readOnly: true, clearedExistingSession: false };
  for (const other of session.connections) {
    if (other !== connection) other.send(response('SessionResponse', body));
  }
  return answer(request, response('SessionResponse', body));
}

function disconnectCustomer(request: SessionRequest): number | null {
  const { session, frame } = request;
  const { conversations, deployments, sessions } = request.parts;
  requireLive(request);
  if (sessions.isReadOnly(session)) throw refuse(409, 'The conversation is read-only.');
  const isTold =
    !sessions.hasEnded(session) && deployments.get(session.deploymentId).conversationDisconnect.enabled;
  const tracingId = tracingIdOf(frame);
  conversations.end(session.conversationId, tracingId === undefined ? {} : { tracingId });
  return isTold ? 200 : null;
}

function echo(request: SessionRequest): number {
  const { connection, frame, session } = request;
  const { deployments, limits } = request.parts;
  limits.count('echoesPerMinute', connection.id);
  if (session.state === 'expired') return answer(request, response('SessionExpiredEvent', {}));
  const { text, metadata } = objectOf(frame.message);
  return answer(
    request,
    response('StructuredMessage', {
      id: uuid().replaceAll('-', ''),
      type: 'Text',
      text: typeof text === 'string' ? text : '',
      direction: 'Inbound',
      metadata: {
        ...objectOf(metadata),
        durationSeconds: String(deployments.get(session.deploymentId).sessionDurationSeconds),
        expirationDate: String(Math.floor(session.expiresAt / 1000)),
      },
    }),
  );
}

function getJwt(request: SessionRequest): number {
  requireLive(request);
  return answer(request, response('JwtResponse', request.parts.jwts.issue(request.session.token)));
}

function getConfiguration(request: SessionRequest): number {
  const { parts, session } = request;
  const { sessionDurationSeconds } = parts.deployments.get(session.deploymentId);
  const body = { ...allowances, messageRoutingEnabled: true, sessionDurationSeconds };
  return answer(request, response('GetConfigurationResponse', body));
}

function unavailable(): never {
  throw refuse(4000, 'This feature is not available.');
}
