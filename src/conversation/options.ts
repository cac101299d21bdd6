import type { Timing } from '../../machines/conversation/types.ts';
import type { LedgerPersistence } from '../reading/index.ts';
import { type Clock, checkClock } from '../shared/clock.ts';
import { invalidOption } from '../shared/errors.ts';
import { checkInspector, type Inspect } from '../shared/inspector.ts';
import { drawSeed } from '../shared/seed.ts';
import type { Tabs } from '../shared/tabs.ts';
import type { Transport } from '../shared/transport.ts';
import {
  checkBoolean,
  checkCallbacks,
  checkDelay,
  checkId,
  checkOptions,
  checkPart,
  namesOf,
} from '../shared/validate.ts';
import { timingOf } from './timing.ts';
import type { ConversationOptions } from './types.ts';

/** Options that were checked and completed. */
export interface ResolvedOptions extends Pick<ConversationOptions, 'transport' | 'logger'> {
  readonly conversationId: string | null;
  readonly timing: Timing;
  readonly clock: Clock;
  readonly seed: number;
  readonly storage: LedgerPersistence | null;
  readonly inspect: Inspect | undefined;
  readonly answeringReads: boolean;
  readonly shareTyping: boolean;
  readonly shareReads: boolean;
  readonly tabs: Tabs | null;
}

const optionNames = namesOf<ConversationOptions>({
  transport: true,
  conversationId: true,
  timing: true,
  clock: true,
  random: true,
  storage: true,
  logger: true,
  inspect: true,
  answeringReads: true,
  shareTyping: true,
  shareReads: true,
  tabs: true,
});

/**
 * Checks and completes the options of a conversation.
 * @throws ConversationError `invalid-option`.
 */
export function resolveOptions(options: ConversationOptions): ResolvedOptions {
  checkOptions(options, 'an object with a transport', optionNames);
  const { conversationId, clock, random, logger, inspect } = options;
  const transport = checkTransport(options.transport);
  checkCallbacks({ random, logger });
  return {
    transport,
    conversationId: conversationId === undefined ? null : checkId('conversationId', conversationId),
    timing: timingOf(options.timing, transport.capabilities),
    clock: checkClock(clock),
    seed: drawSeed(random),
    storage: checkPart('storage', options.storage, 'keep', 'persistLedger(localStorage)'),
    inspect: checkInspector(inspect),
    answeringReads: checkSwitch('answeringReads', options.answeringReads, false),
    shareTyping: checkSwitch('shareTyping', options.shareTyping, true),
    shareReads: checkSwitch('shareReads', options.shareReads, true),
    tabs: checkPart('tabs', options.tabs, 'connect', 'shareAcrossTabs()'),
    ...(logger && { logger }),
  };
}

const checkSwitch = (option: string, value: unknown, otherwise: boolean): boolean =>
  value === undefined ? otherwise : checkBoolean(option, value);

function checkTransport(value: unknown): Transport {
  const transport = value as Partial<Transport> | null | undefined;
  if (typeof transport?.sendTyping !== 'function' || typeof transport.sendRead !== 'function') {
    throw invalidOption('transport', 'a transport such as guestRest(…)', value);
  }
  const { capabilities, participantId, refreshToken } = transport as Transport;
  if (typeof capabilities !== 'object' || capabilities === null) {
    throw invalidOption('transport.capabilities', 'an object', capabilities);
  }
  for (const name of ['stopTyping', 'readReceipts', 'messageEndsTyping'] as const) {
    if (typeof capabilities[name] !== 'boolean') {
      throw invalidOption(`transport.capabilities.${name}`, 'true or false', capabilities[name]);
    }
  }
  const { messageReopensWindow } = capabilities;
  if (messageReopensWindow !== undefined && typeof messageReopensWindow !== 'boolean') {
    throw invalidOption(
      'transport.capabilities.messageReopensWindow',
      'true or false, or absent',
      messageReopensWindow,
    );
  }
  checkDelay('transport.capabilities.spacing', capabilities.spacing);
  checkDelay('transport.capabilities.timeToLive', capabilities.timeToLive, 1);
  if (participantId !== undefined) checkId('transport.participantId', participantId);
  const { subscribe, notePage, guestName } = transport as Transport;
  for (const [name, method] of Object.entries({ subscribe, notePage, refreshToken, guestName })) {
    if (method !== undefined && typeof method !== 'function') {
      throw invalidOption(`transport.${name}`, 'a function, or absent', method);
    }
  }
  return value as Transport;
}
