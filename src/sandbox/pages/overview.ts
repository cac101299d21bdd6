import { feedPath, messagingPath, socketPath, tokenPath } from '../http/paths.ts';

/** What the sandbox answers at `/` when it serves no pages: its endpoints. */
export const overview = `The sandbox of genesys-conversation-machine.

Contract (bearer token of a guest, or of a bot):
  POST ${messagingPath}
  POST ${messagingPath}/participants/{participantId}/typing    {conversationId, isTyping}
  POST ${messagingPath}/participants/{participantId}/read      {conversationId, messageId?}
  POST ${messagingPath}/participants/{participantId}/messages  {conversationId, text}
  GET  ${messagingPath}/{conversationId}/messages
  GET  ${messagingPath}/events                                 WebSocket
  POST ${tokenPath}

Web messaging (the protocol of Genesys Cloud's guests; the deployment's id is asked for below):
  GET  ${socketPath}?deploymentId={deploymentId}                WebSocket
  GET  /webdeployments/v1/deployments/{deploymentId}/config.json
  GET  /api/v2/webmessaging/messages                  bearer token from getJwt

Open Messaging (bearer token of the OAuth client; the integration's id is asked for below):
  POST /oauth/token
  POST /api/v2/conversations/messages/{integrationId}/inbound/open/{event|message|receipt|structured/response}
  GET, PATCH /api/v2/conversations/messages/{conversationId}[/participants/{participantId}]
  POST /api/v2/notifications/channels[/{id}/subscriptions], and their WebSocket

Agent's desk (a page on which you are the agent; the address with its secret is printed at the start):
  GET  /agent/

Inspector (a page that shows the charts of the page which opens or frames it):
  GET  /inspector/

Control (header X-Sandbox-Secret):
  GET, DELETE /sandbox/calls
  POST, DELETE /sandbox/faults
  POST /sandbox/settings
  POST /sandbox/pages
  GET  /sandbox/credentials
  GET, POST /sandbox/conversations
  GET  /sandbox/conversations/{id}
  POST /sandbox/conversations/{id}/{end|reopen|token|expire-tokens|revoke-scope|grant-scope|drop-streams}
  POST /sandbox/agent/{typing|messages|read}
  GET  /sandbox/web-messaging
  POST /sandbox/web-messaging/{deployment|limits}
  POST, DELETE /sandbox/web-messaging/faults
  POST /sandbox/web-messaging/sessions/{conversationId}/{expire|clear|logout|sign-in|read-only|push|drop|half-open}
  GET  /sandbox/open-messaging
  POST /sandbox/open-messaging/{settings|disturb|release|drop-channels}
  GET  ${feedPath}                                  WebSocket
`;
