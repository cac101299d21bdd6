import type { Conversation } from 'genesys-conversation-machine';
import type { Fact } from '../stage/createStage.ts';
import type { Film, OpenBar } from './film.ts';
import { laneIndex } from './lanes.ts';

/** A silence is drawn when it has lasted this long, ms: between two keys there is always a little. */
const noticed = 400;

const labels = {
  spacing: 'spacing',
  backoff: 'backoff',
  limit: 'rate limit',
  offline: 'offline',
  parked: 'parked',
};

type Wait = keyof typeof labels;

/** Draws why nothing leaves, from the states of the guest's chart, and the silence that ends an episode. */
export function watchWaits(film: Film) {
  const waits = laneIndex('waits');
  const keys = laneIndex('keys');
  let open: { readonly wait: Wait; readonly bar: OpenBar } | undefined;
  let silence: { readonly since: number; readonly bar: OpenBar } | undefined;
  let lastKey = 0;
  let hasFailed = false;
  let spacing = 1000;
  let isLit = false;
  const spaced = new Set<string>();
  let spacedUntil = 0;

  const be = (wait: Wait | undefined): void => {
    if (open?.wait === wait) return;
    open?.bar.end(Date.now());
    open = wait && { wait, bar: film.bar(waits, wait, Date.now(), labels[wait]) };
  };
  const breakSilence = (): void => {
    silence?.bar.end(Date.now());
    silence = undefined;
  };
  const watch = (conversation: Conversation): void => {
    const { actor } = conversation;
    spacing = actor.getSnapshot().context.capabilities.spacing;
    conversation.on('typing.failed', () => {
      hasFailed = true;
    });
    conversation.on('typing.acknowledged', () => {
      hasFailed = false;
    });
    actor.subscribe({
      next: ({ value: { typing, link } }) => {
        isLit = typeof typing === 'object' && 'typing' in typing;
        if (!isLit) breakSilence();
        be(waitIn(typing, link, hasFailed));
      },
      error: () => {},
    });
  };
  setInterval(() => {
    const now = Date.now();
    if (isLit && silence === undefined && lastKey > 0 && now - lastKey > noticed) {
      silence = { since: lastKey, bar: film.bar(keys, 'silence', lastKey, 'silence') };
    }
  }, 100);

  return {
    take: (fact: Fact): void => {
      if (fact.type === 'entered' && fact.side === 'guest') watch(fact.actor.conversation);
      if (fact.type === 'key') {
        breakSilence();
        lastKey = fact.at;
      }
      if (fact.type === 'cleared') {
        open = undefined;
        silence = undefined;
        lastKey = 0;
        spaced.clear();
        spacedUntil = 0;
      }
      if (fact.type !== 'call' || !/^typing/.test(fact.row.verb) || spaced.has(fact.row.key)) return;
      spaced.add(fact.row.key);
      if (spaced.size > 500) spaced.clear();
      // Calls that are closer are somebody else's, and many of them are not worth a bar each.
      if (fact.row.time < spacedUntil) return;
      spacedUntil = fact.row.time + spacing;
      const label = spacing < 3000 ? `${Math.round(spacing / 1000)} s` : labels.spacing;
      film.bar(waits, 'spacing', fact.row.time, label).end(spacedUntil);
    },
  };
}

/** The spacing after a call is drawn with the call; a cooldown that no failure began is no more than that. */
function waitIn(typing: unknown, link: unknown, hasFailed: boolean): Wait | undefined {
  if (link === 'offline') return 'offline';
  const [state] = typeof typing === 'string' ? [typing] : Object.keys(typing as object);
  if (state === 'rateLimited') return 'limit';
  if (state === 'parked') return 'parked';
  return state === 'cooldown' && hasFailed ? 'backoff' : undefined;
}
