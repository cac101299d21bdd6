import { type ResolvedOptions, resolveOptions } from '../conversation/options.ts';
import type { ConversationOptions } from '../conversation/types.ts';
import { type Clock, checkClock } from '../shared/clock.ts';
import { invalidOption } from '../shared/errors.ts';
import type { LogEntry, Logger } from '../shared/log.ts';
import { drawSeed } from '../shared/seed.ts';
import type { Transport } from '../shared/transport.ts';
import { checkCallbacks, checkDelay, checkOptions, namesOf } from '../shared/validate.ts';
import type { HubOptions } from './types.ts';

const optionNames = namesOf<HubOptions>({
  transport: true,
  transportFor: true,
  storageFor: true,
  giveBackAfter: true,
  timing: true,
  clock: true,
  random: true,
  logger: true,
  inspect: true,
  answeringReads: true,
  shareTyping: true,
  shareReads: true,
});

/** Options of a hub that were checked and completed. */
export interface ResolvedHubOptions {
  readonly clock: Clock;
  readonly giveBackAfter: number;
  readonly logger: Logger;
  /** The transport that all have in common; `null` where each has its own. */
  readonly transport: Transport | null;
  /**
   * The transport of one conversation.
   * @throws ConversationError `invalid-option` where the application made none.
   */
  transportFor(id: string): Transport;
  /** What the chart of a conversation is made of. */
  optionsFor(id: string, transport: Transport): ResolvedOptions;
}

/** How long a chart at rest is kept by default, ms. */
const defaultGiveBackAfter = 1000;

/**
 * Checks and completes the options of a hub.
 * @throws ConversationError `invalid-option`.
 */
export function resolveHubOptions(options: HubOptions): ResolvedHubOptions {
  checkOptions(options, 'an object with a transport, or with transportFor', optionNames);
  const { transport, transportFor, storageFor, giveBackAfter, random, ...given } = options;
  checkCallbacks({ transportFor, storageFor, random });
  if ((transport === undefined) === (transportFor === undefined)) {
    throw invalidOption('transport', 'given, or transportFor in its place, and not both', transport);
  }
  const logger = given.logger ?? mistakesToConsole;
  const optionsOver = (own: Transport, more: Partial<ConversationOptions> = {}): ResolvedOptions =>
    resolveOptions({ ...given, logger, random: noChance, transport: own, ...more });
  const common = transport && optionsOver(transport);
  if (!common) optionsOver(anyTransport, { timing: {} });
  const seed = (): number => drawSeed(random);
  return {
    clock: checkClock(given.clock),
    giveBackAfter: checkDelay('giveBackAfter', giveBackAfter ?? defaultGiveBackAfter),
    logger,
    transport: transport ?? null,
    transportFor: (id) => {
      if (transport) return transport;
      const own = transportFor?.(id) as Transport;
      optionsOver(own);
      return own;
    },
    optionsFor: (id, own) => {
      const storage = storageFor && { storage: storageFor(id) };
      const resolved = storage || !common ? optionsOver(own, storage) : common;
      return { ...resolved, conversationId: id, seed: seed() };
    },
  };
}

/** The seed is drawn apart, once for each conversation. */
const noChance = (): number => 0;

/** Says a mistake of a listener; what conversations decide would fill the console. */
function mistakesToConsole({ level, message, error }: LogEntry): void {
  if (level === 'error') console.error(message, error);
}

/** Stands for the transports to come, while the other options are checked. */
const anyTransport: Transport = {
  capabilities: {
    stopTyping: true,
    readReceipts: true,
    messageEndsTyping: true,
    spacing: 1000,
    timeToLive: 5000,
  },
  sendTyping: async () => ({}),
  sendRead: async () => ({}),
};
