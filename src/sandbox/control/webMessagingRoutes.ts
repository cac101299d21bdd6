import type { SocketFaultSpec } from '../faults/socketFault.ts';
import { checkRecord } from '../shared/validate.ts';
import type { DeploymentSettings } from '../webMessaging/deployments.ts';
import type { WebMessagingLimits } from '../webMessaging/limits.ts';
import type { Route } from './command.ts';
import type { SandboxWebMessaging } from './webMessagingHandle.ts';

/** Adds the control of web messaging by way of `route`. A session is named by the id of its conversation. */
export function installWebMessagingControl(
  route: Route,
  web: () => SandboxWebMessaging,
  countFaults: () => number,
): void {
  const root = '/sandbox/web-messaging';
  route('GET', root, () => {
    const { deploymentId, endpoint, sessions } = web();
    return { deploymentId, endpoint, sessions: sessions() };
  });
  route('POST', `${root}/deployment`, ({ body }) => {
    const { deploymentId, ...settings } = body as { deploymentId?: string } & Partial<DeploymentSettings>;
    return web().configureDeployment(settings, deploymentId);
  });
  route('POST', `${root}/limits`, ({ body }) => web().setLimits(body as Partial<WebMessagingLimits>));
  route('POST', `${root}/faults`, ({ body }) => {
    web().fault(body as SocketFaultSpec);
    return { faults: countFaults() };
  });
  route('DELETE', `${root}/faults`, () => web().clearFaults());

  const session = `${root}/sessions/:id`;
  route('GET', `${root}/sessions`, () => ({ sessions: web().sessions() }));
  route('POST', `${session}/expire`, ({ id }) => web().expire(id));
  route('POST', `${session}/clear`, ({ id }) => web().clear(id));
  route('POST', `${session}/logout`, ({ id }) => web().logout(id));
  route('POST', `${session}/sign-in`, ({ id }) => web().signIn(id));
  route('POST', `${session}/half-open`, ({ id }) => web().halfOpen(id));
  route('POST', `${session}/read-only`, ({ id, body }) => {
    const { readOnly } = checkRecord('body', body, ['readOnly']);
    web().setReadOnly(id, readOnly as boolean);
  });
  route('POST', `${session}/push`, ({ id, body }) => {
    const { frame } = checkRecord('body', body, ['frame']);
    if (typeof frame !== 'string' && (typeof frame !== 'object' || frame === null)) {
      throw new TypeError('frame must be a string or an object');
    }
    web().push(id, frame);
  });
  route('POST', `${session}/drop`, ({ id, body }) => {
    const { code, reason } = checkRecord('body', body, ['code', 'reason']);
    web().drop(id, code as number | 'reset' | undefined, reason as string | undefined);
  });
}
