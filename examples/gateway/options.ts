import type { Storage } from 'unstorage';
import type { Limits } from './guard.ts';
import type { Takeover } from './voice.ts';

/** What a gateway is started with. Times are ms. */
export interface GatewayOptions {
  /** Port on the loopback; 0 for any free one. */
  readonly port: number;
  /** The platform's API, such as `https://api.mypurecloud.ie`. */
  readonly apiUrl: string;
  /** Where the client signs in, such as `https://login.mypurecloud.ie`. */
  readonly loginUrl: string;
  /** The OAuth client, whose role has `conversation:message:receive`. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** The Open Messaging integration. */
  readonly integrationId: string;
  /** What the integration signs its webhooks with. */
  readonly webhookSecret: string;
  /** What guest tokens are signed with: 32 random bytes or more. */
  readonly signingKey: Uint8Array;
  /** How long a guest token is good. Default: one hour. */
  readonly tokenLifetime?: number;
  /** The Redis that a fleet of gateways shares, such as `redis://127.0.0.1:6379`. Default: this process is alone. */
  readonly redisUrl?: string;
  /** Where one process keeps everything. Default: in memory. */
  readonly storage?: Storage;
  /** Origins of pages that may call. Default: none; what is no browser needs no entry. */
  readonly allowedOrigins?: readonly string[];
  /** Addresses of the proxies in front of it, whose `X-Forwarded-For` says whose call it is. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** How much is taken from one address and from one guest; what is not given is by default. */
  readonly limits?: Partial<Limits>;
  /** Calls a minute that the platform grants the client. Default: 300, as Genesys says. */
  readonly callsPerMinute?: number;
  /** How long a message of a guest's is tried to be told; then the guest is told that it was not. Default: a day. */
  readonly deliveryTime?: number;
  /** Told how far a guest has read, since the platform cannot be: `POST { conversationId, guestId, messageId }`. */
  readonly readWebhookUrl?: string;
  /** What this process is called among those that share a Redis, as no other one is or was. Default: a random name. */
  readonly name?: string;
  /** Told of every message that this process takes out of the hands of one that has died or fallen silent. */
  readonly onTakeover?: (takeover: Takeover) => void;
  /** Gets one line for what went wrong; no token, no text. Default: nobody. */
  readonly log?: (line: string) => void;
}
