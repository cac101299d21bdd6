import {
  type ConversationOptions,
  createConversation,
  type TransportCapabilities,
} from 'genesys-conversation-machine';
import {
  type ShareAcrossTabsOptions,
  shareAcrossTabs,
  type TabChannel,
  type TabListener,
  type Tabs,
} from 'genesys-conversation-machine/tabs';
import {
  createRecorder,
  createScriptedTransport,
  createSteppedClock,
  type Recorder,
  type ScriptedCall,
  type SteppedClock,
} from 'genesys-conversation-machine/testing';

/** What becomes of one message on its way to one tab: after how many ms it comes, once for each; none where it is lost. */
type Fate = (from: number, to: number) => readonly number[];

/** What a world of tabs is made of. */
export interface TabWorldOptions {
  readonly fate?: Fate;
  /** Which tabs share; default: all. */
  readonly shares?: (tab: number) => boolean;
  readonly capabilities?: Partial<TransportCapabilities>;
  /** The guest's id; `null`: the transport knows none. */
  readonly participantId?: string | null;
  readonly conversation?: Partial<ConversationOptions>;
  /** Default: one of its own. */
  readonly clock?: SteppedClock;
  /** Does something in so many ms, as a message comes or a call is answered; default: by the clock, and answers at once. */
  readonly later?: (what: 'message' | 'answer', ms: number, work: () => void) => unknown;
  /** Whether what happens in each tab is written down. */
  readonly isRecorded?: boolean;
}

/**
 * Tabs of one guest on one stepped clock, each with a monotonic time of its own, a transport of its own, and a channel
 * to the others that a test holds in its hand.
 */
export function createTabWorld({
  fate = () => [1],
  shares = () => true,
  capabilities = {},
  participantId = 'me',
  conversation: options = {},
  clock = createSteppedClock(),
  later = (what, ms, work) => (what === 'answer' ? work() : clock.setTimeout(work, ms)),
  isRecorded = false,
}: TabWorldOptions = {}) {
  const listeners = new Map<number, TabListener>();
  const world = { fate, posts: 0 };
  /** Every call of every tab, in the order in which they left. */
  const calls: (ScriptedCall & { readonly tab: number })[] = [];
  const dead = new Set<number>();
  const recorders: Recorder[] = [];
  const ears = new Set<(message: unknown) => void>();

  const channelOf = (tab: number): TabChannel => ({
    post: (message) => {
      if (dead.has(tab)) return;
      world.posts += 1;
      const copy = structuredClone(message);
      for (const ear of ears) ear(copy);
      for (const [to, listener] of listeners) {
        if (to === tab) continue;
        for (const ms of world.fate(tab, to)) {
          later('message', ms, () => {
            if (listeners.get(to) === listener) listener.told(copy);
          });
        }
      }
    },
    listen: (listener) => {
      listeners.set(tab, listener);
      return () => listeners.delete(tab);
    },
  });

  const open = (tab: number, conversationId = 'c1', storage?: ShareAcrossTabsOptions['storage']) => {
    const offset = 1_000_000 * tab;
    const own = { ...clock, now: () => clock.now() + offset, resolution: 0 };
    const transport = createScriptedTransport({
      clock,
      ...(participantId !== null && { participantId }),
      capabilities,
    });
    const { sendTyping, sendRead } = transport;
    const noted = async <Result>(going: Promise<Result>): Promise<Result> => {
      const call = transport.calls.at(-1);
      if (call) calls.push({ ...call, tab });
      const result = await going;
      await new Promise<void>((resolve) => later('answer', 0, resolve));
      return result;
    };
    transport.sendTyping = (...given) => noted(sendTyping(...given));
    transport.sendRead = (...given) => noted(sendRead(...given));
    const draws = [tab / 8 + 0.01, 0.5];
    const tabs: Tabs = shareAcrossTabs({
      channel: () => channelOf(tab),
      random: () => draws.shift() ?? 0.5,
      ...(storage && { storage }),
    });
    const recorder = isRecorded ? createRecorder({ clock: own }) : null;
    if (recorder) recorders.push(recorder);
    const made = createConversation({
      ...{ transport: recorder?.watch(transport) ?? transport, clock: recorder?.clock ?? own },
      ...{ conversationId, random: () => 0.25 },
      ...(shares(tab) && { tabs }),
      ...options,
    });
    const conversation = recorder?.watch(made) ?? made;
    conversation.start();
    return { conversation, transport };
  };
  type Tab = ReturnType<typeof open>;

  return {
    clock,
    world,
    open,
    calls,
    at: (ms: number) => clock.advance(ms - clock.now()),
    /** Ends a tab as a crash does: it says and hears nothing any more. */
    kill: (tab: number) => {
      dead.add(tab);
      listeners.delete(tab);
    },
    /** Puts a tab away for the way back: it hears nothing meanwhile. */
    putAway: (tab: number) => {
      const listener = listeners.get(tab);
      listener?.goes();
      listeners.delete(tab);
      const comesBack = (): void => {
        if (listener) listeners.set(tab, listener);
        listener?.comes();
      };
      return { comesBack };
    },
    /** What was written down, tab by tab as they were opened. */
    traces: () => recorders.map((recorder) => recorder.trace()),
    /** How many tabs listen to the others. */
    listeners: () => listeners.size,
    /** Hears all that is said. */
    overhear: (ear: (message: unknown) => void) => ears.add(ear),
    /** Says something into every tab, as a stranger. */
    say: (message: unknown) => {
      for (const listener of listeners.values()) listener.told(message);
    },
    /** All calls of these tabs by time, as `0.0 a ON`. */
    log: (...tabs: readonly Tab[]) =>
      tabs
        .flatMap(({ transport }, index) => transport.calls.map((call) => ({ call, name: 'abcdefg'[index] })))
        .sort((one, other) => one.call.at - other.call.at)
        .map(({ call, name }) => {
          const seconds = (call.at / 1000).toFixed(1);
          if (call.lane === 'typing') return `${seconds} ${name} ${call.isTyping ? 'ON' : 'OFF'}`;
          return `${seconds} ${name} ${call.lane === 'read' ? `READ ${call.messageId}` : 'REFRESH'}`;
        }),
  };
}
