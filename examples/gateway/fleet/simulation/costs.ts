/** What a message costs, with its typing, its answer, the receipts and the mark, as runs have measured it. */
export interface Costs {
  /** Processor time in the gateways, ms. */
  readonly gatewayTime: number;
  /** Processor time in Redis, ms. */
  readonly redisTime: number;
  /** What a process takes in a second without any message, of its own core and of Redis, ms. */
  readonly idleGateway: number;
  readonly idleRedis: number;
  /** How long a call to the platform takes, ms. */
  readonly platformTime: number;
  /** Memory of a process that nobody is connected to, and of one guest who is, MB. */
  readonly processMemory: number;
  readonly guestMemory: number;
}

/** The parts of a message's way, and what share of its costs each of them has. */
export const shares = {
  /** A signal of typing is taken, and told where the budget allows it. */
  typing: 0.15,
  /** It is kept and told. */
  message: 0.35,
  /** The webhook with its answer is kept and shown. */
  answer: 0.25,
  /** The receipt of the answer, and the guest's mark. */
  receipt: 0.25,
} as const;

/** A part of a message's way. */
export type Part = keyof typeof shares;
