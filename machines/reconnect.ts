/**
 * What the end of a socket asks for.
 *
 * | verdict      | meaning                                                                    |
 * | ------------ | -------------------------------------------------------------------------- |
 * | `final`      | closed in good order                                                       |
 * | `retry`      | connect again after a random wait (full jitter)                            |
 * | `paced`      | the same, but never within the first base wait                             |
 * | `slowly`     | the server is busy: connect again after a longer wait                      |
 * | `spread`     | the server restarts under everybody: connect again at a time spread widely |
 * | `once`       | a broken promise, or a refusal of nobody knows whom: one more try, then fail |
 * | `immediate`  | connect again at once, the first time                                      |
 * | `fatal`      | it would end the same way again                                            |
 */
export type CloseVerdict = 'final' | 'retry' | 'paced' | 'slowly' | 'spread' | 'once' | 'immediate' | 'fatal';

/** How a socket ended. */
export interface SocketEnd {
  /** The close code; 1006 where the connection broke without a word. */
  readonly code: number;
  /** HTTP status of a refused handshake, where the platform tells it. */
  readonly refused?: number;
}

const byCode: ReadonlyMap<number, CloseVerdict> = new Map<number, CloseVerdict>([
  [1000, 'final'],
  [1002, 'once'],
  [1003, 'once'],
  [1007, 'once'],
  [1008, 'once'],
  [1010, 'once'],
  [1012, 'spread'],
  [1013, 'slowly'],
  [1015, 'once'],
]);

/** Statuses of a refused handshake that pass by themselves, or are a proxy's own. */
const passingStatuses: ReadonlySet<number> = new Set([407, 408, 421, 425, 429]);

/**
 * What WebSocket itself says by a close code, or HTTP by the status of a refused handshake; codes from 4000 on
 * are each protocol's own. Total: any number has a verdict. A status does not prove that the server said it, and
 * not a proxy: what would end the session is asked twice.
 */
export function verdictOfSocket({ code, refused }: SocketEnd): CloseVerdict {
  if (refused === undefined) return byCode.get(code) ?? 'retry';
  if (refused === 429 || refused === 503) return 'slowly';
  return refused >= 400 && refused < 500 && !passingStatuses.has(refused) ? 'once' : 'retry';
}

/** The waits between two sockets, ms: part of the timing of every chart that has one. */
export interface ReconnectRules {
  /**
   * Bound of the random wait before the first reconnect; doubles with each further failure. In ms, from 1. Default:
   * 1000.
   */
  readonly reconnectBase: number;
  /** Largest such bound. In ms, from `reconnectBase`. Default: 30 000. */
  readonly reconnectCap: number;
}

/** What decides how long the next socket is waited for. */
export interface LostSocket {
  /** What its end asks for. */
  readonly verdict: CloseVerdict;
  /** Failures in a row, this one included. */
  readonly failures: number;
  /** Whether an attempt without a wait was already made. */
  readonly jumped: boolean;
  /** A number in [0, 1). */
  readonly random: number;
}

/** How long to wait for the next socket, ms: full jitter, from nothing to the bound (W-3). */
export function waitAfter(rules: ReconnectRules, { verdict, failures, jumped, random }: LostSocket): number {
  const { reconnectBase, reconnectCap } = rules;
  const boundOf = (exponent: number): number => Math.min(reconnectCap, reconnectBase * 2 ** exponent);
  const full = boundOf(failures) * random;
  switch (verdict) {
    case 'immediate':
      return jumped ? full : 0;
    case 'paced':
      return Math.max(reconnectBase, full);
    case 'spread':
      return reconnectCap * random;
    case 'slowly':
      return boundOf(failures + 2) * (0.5 + random / 2);
    default:
      return full;
  }
}

/** Somebody looks at the page, or the device woke, while the next attempt is waited for: it is brought forward, once. */
export const signOfLife = {
  guard: 'mayHasten',
  target: 'waiting',
  reenter: true,
  actions: 'hastenReconnect',
} as const;
