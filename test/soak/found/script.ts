/** A sequence of a world, as a soak prints it. */
export interface Found {
  readonly world: string;
  readonly script: object;
}

export const step = (verb: string, value = 0, handle = 0) => [verb, value, handle];
export const settled = { late: null, order: 0 };
/** Where nothing is out of the ordinary. */
const ordinary = {
  conversation: {
    ...{ resolution: 0, latency: 0, messageEndsTyping: false, hasProvider: true, storage: 'none' },
    ...{ random: 0.25, handles: 1 },
  },
  session: {
    ...{ resolution: 0, latency: 10, config: 'skip', storesToken: false, isStorageSlow: false },
    ...{ reportsReads: false, random: 0.5 },
  },
  stream: { latency: 0, hasProvider: true, random: 0.5, order: 0 },
};

/** A sequence of the conversation's world: what its guest does from one start to the next. */
export const inConversation = (
  lives: readonly unknown[],
  setting: object = {},
  settling: object = settled,
) => ({
  world: 'conversation',
  script: { setting: { ...ordinary.conversation, ...setting }, lives, order: 0, settling },
});
export const inSession = (lives: readonly unknown[], setting: object = {}, settling: object = settled) => ({
  world: 'session',
  script: { setting: { ...ordinary.session, ...setting }, isConnected: true, lives, settling },
});
export const inStream = (steps: readonly unknown[], setting: object = {}, settling: object = settled) => ({
  world: 'stream',
  script: { ...ordinary.stream, ...setting, steps, settling },
});

export const tab = (verb: string, wait = 0) => ({ tab: 0, verb, wait, how: 0 });
