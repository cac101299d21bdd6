import { socketPath } from '../http/paths.ts';
import { checkBoolean, checkCloseCode, checkCloseReason, checkString } from '../shared/validate.ts';
import { notice } from '../webMessaging/frames.ts';
import type { Session } from '../webMessaging/sessions.ts';
import type { WebMessaging } from '../webMessaging/webMessaging.ts';
import type { SandboxWebMessaging } from './webMessagingHandle.ts';

/** Makes the web messaging part of the handle. */
export function createWebMessagingHandle(web: WebMessaging, port: number): SandboxWebMessaging {
  const { deployments, faults, limits, sessions } = web;
  const find = (id: unknown): Session => sessions.find(checkString('session', id));
  const closed = (body?: object) => notice('ConnectionClosedEvent', body);
  return {
    deploymentId: deployments.ownId,
    endpoint: `ws://127.0.0.1:${port}${socketPath}`,
    sessions: () => sessions.list(),
    configureDeployment: (settings, deploymentId) => deployments.configure(settings, deploymentId),
    setLimits: (changes) => limits.change(changes),
    expire: (id) => sessions.expire(find(id)),
    clear: (id) => sessions.remove(find(id), notice('SessionClearedEvent'), closed()),
    logout: (id) => sessions.remove(find(id), notice('LogoutEvent')),
    signIn: (id) => sessions.remove(find(id), closed({ reason: 'signedIn' })),
    setReadOnly: (id, readOnly) => {
      find(id).readOnly = checkBoolean('readOnly', readOnly);
    },
    push: (id, frame) =>
      sessions.broadcast(find(id), typeof frame === 'string' ? frame : JSON.stringify(frame)),
    drop: (id, code, reason = '') => {
      if (code !== undefined && code !== 'reset') checkCloseCode('code', code);
      checkCloseReason('reason', reason);
      for (const connection of find(id).connections) {
        if (code === 'reset') connection.reset();
        else if (code === undefined) connection.cut();
        else connection.close(code, reason);
      }
    },
    halfOpen: (id) => {
      for (const connection of find(id).connections) connection.freeze();
    },
    fault: (spec) => faults.add(spec),
    clearFaults: () => faults.clear(),
  };
}
