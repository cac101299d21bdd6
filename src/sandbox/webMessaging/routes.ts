import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SocketFault } from '../faults/socketFault.ts';
import type { Calls } from '../http/calls.ts';
import { socketPath } from '../http/paths.ts';
import type { Journal } from '../journal/journal.ts';
import type { SandboxClock } from '../shared/clock.ts';
import { ContractError } from '../shared/contractError.ts';
import { configOf } from './deployments.ts';
import { GuestSocket } from './guestSocket.ts';
import { messageHistory } from './history.ts';
import { handshakeFault } from './socketFaultPlayer.ts';
import type { WebMessaging } from './webMessaging.ts';

/** Adds the guest's socket, its deployment's configuration and the message history. */
export function installWebMessaging(
  app: FastifyInstance,
  calls: Calls,
  clock: SandboxClock,
  journal: Journal,
  web: WebMessaging,
): void {
  const { deployments, faults } = web;
  app.get('/webdeployments/v1/deployments/:deploymentId/config.json', async (request) => {
    const { deploymentId } = request.params as { deploymentId: string };
    if (deployments.find(deploymentId) === undefined) {
      throw new ContractError(404, 'not.found', 'There is no such deployment.');
    }
    return configOf(deploymentId, deployments.effective(deploymentId), String(request.headers.host));
  });
  app.get('/api/v2/webmessaging/messages', {
    handler: calls.serve((request) => messageHistory(web, request)),
  });

  const afterOpening = new WeakMap<FastifyRequest, SocketFault>();
  const preHandler = async (request: FastifyRequest, reply: FastifyReply) => {
    calls.arrived(request);
    const fault = faults.take('connect');
    if (fault !== undefined) {
      if (await calls.befall(handshakeFault(fault), request, reply)) return reply;
      afterOpening.set(request, fault);
    }
    if (deployments.find(deploymentOf(request))?.status === 'Active') return;
    throw new ContractError(403, 'forbidden', 'There is no such active deployment.');
  };
  const handshake = { websocket: true, config: { lane: 'session' }, preHandler } as const;
  app.get(socketPath, handshake, (socket, request) => {
    calls.upgraded(request);
    const guest = new GuestSocket(clock, journal, web, socket, request, String(deploymentOf(request)));
    guest.open(afterOpening.get(request));
  });
}

function deploymentOf(request: FastifyRequest): unknown {
  return (request.query as Record<string, unknown>).deploymentId;
}
