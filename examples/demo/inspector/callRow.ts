import type { SandboxCall } from 'genesys-conversation-machine/sandbox';
import type { CallRow } from './callList.ts';
import { frameVerb } from './frameVerb.ts';

/** The row for a call, or a frame, that the sandbox recorded. */
export function rowOf(call: SandboxCall): CallRow {
  const { n, time, durationMs: ms, faulted, tooSoon } = call;
  const isUnanswered = call.transport === 'socket' && call.status === null && ms !== null;
  const flag = faulted ? 'fault' : tooSoon ? 'too soon' : null;
  return {
    key: `call ${n}`,
    time,
    verb: verbOf(call),
    status: isUnanswered ? 'sent' : call.status,
    ms,
    flag,
  };
}

function verbOf({ transport, lane, body, method, path }: SandboxCall): string {
  if (transport === 'socket') return frameVerb(body);
  if (path === '/v1') return 'connect';
  if (lane === 'typing') {
    return (body as { isTyping?: unknown } | null)?.isTyping === false ? 'typing off' : 'typing on';
  }
  if (lane === 'open-messaging') return openMessagingVerb(path);
  if (lane !== 'other') return lane;
  return method === 'GET' && path.endsWith('/messages') ? 'history' : `${method} ${path}`;
}

/** What a gateway calls the platform for, by the end of the path: `open/event`, `subscriptions`. */
function openMessagingVerb(path: string): string {
  const [, inbound] = /\/inbound\/(open\/.+)$/.exec(path) ?? [];
  return inbound ?? /\/(channels|subscriptions|participants)(?:\/|$)/.exec(path)?.[1] ?? 'conversation';
}
