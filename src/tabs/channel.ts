/** Who listens to a {@link TabChannel}. */
export interface TabListener {
  /** Another tab said something; it may be anything, late, or told twice. */
  told(message: unknown): void;
  /** The page is put away, or ends: this is the time for a last word. */
  goes(): void;
  /** The page was taken out again. */
  comes(): void;
}

/** What tabs of one origin tell each other through. It may lose, delay, double and reorder what it carries. */
export interface TabChannel {
  /** Tells the others plain data. Nobody hears of it before this has returned. */
  post(message: object): void;
  /** Listens, until the returned function is called. */
  listen(listener: TabListener): () => void;
}

/** What tabs know each other's messages by. */
export const name = 'genesys-conversation-machine/tabs';

/** A way to the other tabs: to say something, and to hear no more. */
interface Way {
  say(message: object): void;
  end(): void;
}

function byBroadcast(told: (message: unknown) => void): Way {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => told(data);
  (channel as { unref?(): void }).unref?.(); // Node would stay for it.
  return { say: (message) => channel.postMessage(message), end: () => channel.close() };
}

/** Writes into `localStorage`, of which only other tabs hear, and leaves nothing there. */
function byStorage(told: (message: unknown) => void): Way {
  const heard = ({ key, newValue }: StorageEvent): void => {
    if (key !== name || newValue === null) return;
    try {
      told(JSON.parse(newValue));
    } catch {} // Somebody else's text.
  };
  window.addEventListener('storage', heard);
  return {
    say: (message) => {
      localStorage.setItem(name, JSON.stringify(message));
      localStorage.removeItem(name);
    },
    end: () => window.removeEventListener('storage', heard),
  };
}

/** The first way that there is; a page of no origin has none. */
function openWay(told: (message: unknown) => void): Way | null {
  for (const open of [byBroadcast, byStorage]) {
    try {
      return open(told);
    } catch {}
  }
  return null;
}

/**
 * The platform's channel: `BroadcastChannel`, else storage events, else silence. It is closed while the page is put
 * away, as a page for the way back may not hear anything. Touches nothing before somebody listens (C-2).
 */
export function platformChannel(): TabChannel {
  let way: Way | null = null;
  return {
    post: (message) => {
      try {
        way?.say(message);
      } catch {} // A full or forbidden storage: as if it were lost on its way.
    },
    listen: ({ told, goes, comes }) => {
      way = openWay(told);
      const away = (): void => {
        goes();
        way?.end();
        way = null;
      };
      const back = ({ persisted }: PageTransitionEvent): void => {
        if (!persisted) return;
        way ??= openWay(told);
        comes();
      };
      if (typeof window !== 'undefined') {
        window.addEventListener('pagehide', away);
        window.addEventListener('pageshow', back);
      }
      return () => {
        if (typeof window !== 'undefined') {
          window.removeEventListener('pagehide', away);
          window.removeEventListener('pageshow', back);
        }
        way?.end();
        way = null;
      };
    },
  };
}
