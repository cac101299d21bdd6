import { openGuestConversation } from 'genesys-conversation-machine';

/** A guest's session at the gateway: who they are, and the token that speaks for them. */
export interface GatewaySession {
  readonly conversationId: string;
  readonly guestId: string;
  readonly guestToken: string;
}

const key = 'demo-gateway-session';
const pathTo = (orgUrl: string, what: string) => `${orgUrl}/api/v2/conversations/messaging/${what}`;

/**
 * The session that this tab was in before it was reloaded, with a fresh token, or a new one. The token is kept in
 * `sessionStorage`, which a page of your own need not do.
 */
export async function openSession(
  orgUrl: string,
  isFresh: boolean,
  fetch: typeof globalThis.fetch,
): Promise<GatewaySession> {
  const text = isFresh ? null : sessionStorage.getItem(key);
  const known = text === null ? null : (JSON.parse(text) as GatewaySession);
  const guestToken = known === null ? null : await renewed(orgUrl, known.guestToken, fetch).catch(() => null);
  if (known === null || guestToken === null) return remember(await openGuestConversation({ orgUrl, fetch }));
  return remember({ ...known, guestToken });
}

/** A fresh token for one that may have expired meanwhile, which is kept in its place. */
export async function renew(
  orgUrl: string,
  session: GatewaySession,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<string> {
  const guestToken = await renewed(orgUrl, session.guestToken, fetch, signal);
  remember({ ...session, guestToken });
  return guestToken;
}

/** What the back end behind the gateway can do, as options of `guestRest`. */
export async function capabilitiesOf(
  orgUrl: string,
): Promise<{ stopTyping: boolean; messageEndsTyping: boolean; spacing: number; timeToLive: number }> {
  return (await fetch(pathTo(orgUrl, 'capabilities'))).json();
}

function remember({ conversationId, guestId, guestToken }: GatewaySession): GatewaySession {
  const session = { conversationId, guestId, guestToken };
  sessionStorage.setItem(key, JSON.stringify(session));
  return session;
}

async function renewed(
  orgUrl: string,
  token: string,
  fetch: typeof globalThis.fetch,
  signal?: AbortSignal,
): Promise<string> {
  const reply = await fetch(pathTo(orgUrl, 'token'), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    ...(signal && { signal }),
  });
  if (!reply.ok) throw new Error(`The gateway answered with ${reply.status}.`);
  return (await reply.json()).guestToken;
}
