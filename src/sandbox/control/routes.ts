import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { FaultSpec } from '../faults/callFault.ts';
import { bodyOf } from '../http/body.ts';
import { feedPath } from '../http/paths.ts';
import type { PageGateway } from '../pages/pageGateway.ts';
import { ContractError } from '../shared/contractError.ts';
import { checkRateLimit, type RateLimiter } from '../shared/rateLimit.ts';
import type { Switches } from '../shared/switches.ts';
import { checkBoolean, checkInteger, checkRecord } from '../shared/validate.ts';
import type { Command, Route } from './command.ts';
import { installOpenMessagingControl } from './createOpenMessagingHandle.ts';
import type { Feed } from './feed.ts';
import type { Sandbox } from './handle.ts';
import { installWebMessagingControl } from './webMessagingRoutes.ts';

/** What the routes report or change that the handle does not show. */
interface ControlParts {
  readonly faults: { readonly size: number };
  readonly web: { readonly faults: { readonly size: number } };
  readonly limiter: RateLimiter;
  readonly switches: Switches;
}

/**
 * Adds the control of the sandbox over HTTP, which does what the handle does. The guard has checked the secret before
 * any of it runs. `sandbox` is asked for at each call, since the handle exists only once the server listens.
 */
export function installControl(
  app: FastifyInstance,
  sandbox: () => Sandbox,
  feed: Feed,
  parts: ControlParts,
): void {
  const route: Route = (method, url, command) =>
    app.route({
      method,
      url,
      handler: async (request, reply) => {
        const result = run(command, request);
        return reply.code(result === undefined ? 204 : 200).send(result);
      },
    });

  route('GET', '/sandbox/credentials', () => {
    const { clientId, clientSecret } = sandbox();
    return { clientId, clientSecret };
  });
  route('GET', '/sandbox/calls', ({ query }) => {
    const since = query.since === undefined ? 0 : Number(query.since);
    checkInteger('since', since, 0, Number.MAX_SAFE_INTEGER);
    return { calls: sandbox().calls({ since }) };
  });
  route('DELETE', '/sandbox/calls', () => sandbox().clearCalls());
  route('POST', '/sandbox/faults', ({ body }) => {
    sandbox().fault(body as FaultSpec);
    return { faults: parts.faults.size };
  });
  route('DELETE', '/sandbox/faults', () => sandbox().clearFaults());
  route('POST', '/sandbox/settings', ({ body }) => changeSettings(parts, body));

  route('POST', '/sandbox/pages', ({ body }) => {
    sandbox().setPageGateway(checkRecord('body', body, ['gateway']).gateway as PageGateway | null);
  });

  route('GET', '/sandbox/conversations', () => ({ conversations: sandbox().conversations() }));
  route('POST', '/sandbox/conversations', () => sandbox().startConversation());
  route('GET', '/sandbox/conversations/:id', ({ id }) => sandbox().conversation(id));
  route('POST', '/sandbox/conversations/:id/end', ({ id }) => sandbox().endConversation(id));
  route('POST', '/sandbox/conversations/:id/reopen', ({ id }) => sandbox().reopenConversation(id));
  route('POST', '/sandbox/conversations/:id/token', ({ id }) => sandbox().issueToken(id));
  route('POST', '/sandbox/conversations/:id/expire-tokens', ({ id }) => sandbox().expireTokens(id));
  route('POST', '/sandbox/conversations/:id/revoke-scope', ({ id }) => sandbox().revokeScope(id));
  route('POST', '/sandbox/conversations/:id/grant-scope', ({ id }) => sandbox().grantScope(id));
  route('POST', '/sandbox/conversations/:id/drop-streams', ({ id, body }) => {
    const { code, reason } = checkRecord('body', body, ['code', 'reason']);
    sandbox().dropStreams(id, code as number | undefined, reason as string | undefined);
  });
  route('POST', '/sandbox/conversations/:id/stall-streams', ({ id }) => sandbox().stallStreams(id));

  route('POST', '/sandbox/agent/typing', ({ body }) => {
    const known = ['conversationId', 'isTyping', 'duration', 'bot'];
    const { conversationId, isTyping, ...manner } = checkRecord('body', body, known);
    sandbox().agent.typing(conversationId as string, isTyping as boolean, manner);
  });
  route('POST', '/sandbox/agent/messages', ({ body }) => {
    const known = ['conversationId', 'text', 'bot', 'nickname', 'image'];
    const { conversationId, text, ...manner } = checkRecord('body', body, known);
    return sandbox().agent.say(conversationId as string, text as string, manner);
  });
  route('POST', '/sandbox/agent/read', ({ body }) => {
    const { conversationId, messageId } = checkRecord('body', body, ['conversationId', 'messageId']);
    sandbox().agent.read(conversationId as string, messageId as string | undefined);
  });

  installOpenMessagingControl(route, () => sandbox().openMessaging);
  installWebMessagingControl(
    route,
    () => sandbox().webMessaging,
    () => parts.web.faults.size,
  );

  app.get(feedPath, { websocket: true }, (socket) => feed.open(socket));
}

function run(command: Command, request: FastifyRequest): unknown {
  const body = bodyOf(request);
  if (body?.malformed) throw new ContractError(400, 'bad.request', 'The body is not JSON.');
  try {
    const { id = '' } = request.params as { id?: string };
    return command({ body: body?.value ?? {}, id, query: request.query as Record<string, unknown> });
  } catch (error) {
    if (error instanceof TypeError) throw new ContractError(400, 'bad.request', error.message);
    throw error;
  }
}

function changeSettings({ switches, limiter }: ControlParts, body: unknown): object {
  const { typingEnabled, rateLimit } = checkRecord('body', body, ['typingEnabled', 'rateLimit']);
  const enabled =
    typingEnabled === undefined ? switches.typingEnabled : checkBoolean('typingEnabled', typingEnabled);
  const limit = rateLimit === undefined ? limiter.limit : checkRateLimit(rateLimit);
  switches.typingEnabled = enabled;
  limiter.limit = limit;
  return { typingEnabled: enabled, rateLimit: limit };
}
