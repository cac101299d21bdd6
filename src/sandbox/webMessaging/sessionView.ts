/** A session as the sandbox shows it; its token is left out. `expiresAt` is ISO 8601. */
export interface WebMessagingSession {
  conversationId: string;
  guestId: string;
  deploymentId: string;
  state: 'open' | 'closed' | 'expired';
  readOnly: boolean;
  expiresAt: string;
  connections: number;
}
