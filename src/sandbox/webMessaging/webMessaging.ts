import type { Conversations } from '../conversations/conversations.ts';
import { createSocketFaults, type SocketFaults } from '../faults/socketFault.ts';
import type { SandboxClock } from '../shared/clock.ts';
import type { Switches } from '../shared/switches.ts';
import { Deployments } from './deployments.ts';
import { Jwts } from './jwts.ts';
import { SocketLimits } from './limits.ts';
import { Relay } from './relay.ts';
import type { FrameParts } from './request.ts';
import { Sessions } from './sessions.ts';

/** The state of web messaging in one run. */
export interface WebMessaging extends FrameParts {
  readonly faults: SocketFaults;
}

/** Makes the state of web messaging for one run. */
export function createWebMessaging(
  clock: SandboxClock,
  conversations: Conversations,
  switches: Readonly<Switches>,
  deploymentIds: readonly string[],
): WebMessaging {
  const deployments = new Deployments(deploymentIds, switches);
  const sessions = new Sessions(clock, conversations, deployments);
  return {
    conversations,
    deployments,
    sessions,
    relay: new Relay(clock, sessions, deployments),
    limits: new SocketLimits(clock),
    faults: createSocketFaults(),
    jwts: new Jwts(clock),
  };
}
