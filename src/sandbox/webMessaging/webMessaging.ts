import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Conversations } from '../conversations/conversations.ts';
import type { Core } from '../core.ts';
import { parseCallFault } from '../faults/callFault.ts';
import { createSocketFaults, type SocketFault, type SocketFaults } from '../faults/socketFault.ts';
import { delayed, playFault } from '../http/faultPlayer.ts';
import { callOf, recordArrival } from '../http/recording.ts';
import { serve } from '../rest/contract.ts';
import type { SandboxClock } from '../shared/clock.ts';
import { ContractError } from '../shared/contractError.ts';
import { configOf, Deployments } from './deployments.ts';
import { openGuestSocket } from './guestSocket.ts';
import { Jwts, webMessagingHistory } from './history.ts';
import { SocketLimits } from './limits.ts';
import { Relay } from './relay.ts';
import { settingsOf } from './request.ts';
import { Sessions } from './sessions.ts';
import { handshakeFault } from './socketFaultPlayer.ts';

/** Where a guest's socket is opened. */
export const SOCKET_PATH = '/v1';

/** What web messaging shares between its parts. */
export interface WebMessaging {
  readonly deployments: Deployments;
  readonly sessions: Sessions;
  readonly relay: Relay;
  readonly limits: SocketLimits;
  readonly faults: SocketFaults;
  readonly jwts: Jwts;
}

/** Builds the state of web messaging for one run. */
export function buildWebMessaging(
  clock: SandboxClock,
  conversations: Conversations,
  deploymentIds: readonly string[],
): WebMessaging {
  const deployments = new Deployments(deploymentIds);
  const sessions = new Sessions(clock, conversations, deployments);
  return {
    deployments,
    sessions,
    relay: new Relay(clock, sessions, deployments),
    limits: new SocketLimits(clock),
    faults: createSocketFaults(),
    jwts: new Jwts(clock),
  };
}

/** Adds the guest's socket, its deployment's configuration and the message history. */
export function installWebMessaging(app: FastifyInstance, core: Core): void {
  app.get('/webdeployments/v1/deployments/:deploymentId/config.json', async (request) => {
    const { deploymentId } = request.params as { deploymentId: string };
    if (core.webMessaging.deployments.find(deploymentId) === undefined) {
      throw new ContractError(404, 'not.found', 'There is no such deployment.');
    }
    return configOf(deploymentId, settingsOf(core, deploymentId), String(request.headers.host));
  });
  app.get('/api/v2/webmessaging/messages', { handler: serve(core, webMessagingHistory) });

  const afterOpening = new WeakMap<FastifyRequest, SocketFault>();
  app.get(
    SOCKET_PATH,
    {
      websocket: true,
      config: { lane: 'session' },
      preHandler: async (request, reply) => {
        recordArrival(core, request);
        const fault = core.webMessaging.faults.take('connect');
        if (fault !== undefined) {
          callOf(request).faulted = true;
          const played = handshakeFault(fault);
          if (!(await delayed(core, played ?? parseCallFault({ delay: fault.delay }), request)))
            return reply.hijack();
          if (played !== undefined) {
            playFault(core, played, request, reply);
            return reply;
          }
          afterOpening.set(request, fault);
        }
        requireDeployment(core, request);
      },
    },
    (socket, request) => {
      const call = callOf(request);
      core.journal.decide(call, 101);
      core.journal.settle(call);
      openGuestSocket(core, socket, request, deploymentOf(request), afterOpening.get(request));
    },
  );
}

function deploymentOf(request: FastifyRequest): string {
  return String((request.query as Record<string, unknown>).deploymentId);
}

function requireDeployment({ webMessaging }: Core, request: FastifyRequest): void {
  const { deploymentId } = request.query as Record<string, unknown>;
  if (webMessaging.deployments.find(deploymentId)?.status === 'Active') return;
  throw new ContractError(403, 'forbidden', 'There is no such active deployment.');
}
