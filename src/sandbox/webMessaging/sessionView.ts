/** A session as the sandbox shows it; its token is left out. `expiresAt` is ISO 8601. */
export interface WebMessagingSession {
  /** Its conversation at the sandbox, which guests are not told. */
  conversationId: string;
  /** The guest’s participant id. */
  guestId: string;
  /** The deployment that it belongs to. */
  deploymentId: string;
  /** How it stands. */
  state: 'open' | 'closed' | 'expired';
  /** Whether the guest may only look. */
  readOnly: boolean;
  expiresAt: string;
  /** How many sockets it has now. */
  connections: number;
}
