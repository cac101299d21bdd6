import { wasUnderWay } from './endings.ts';
import { isSilent, type Silence, silencesIn } from './silences.ts';
import {
  broken,
  type Checker,
  laneCalls,
  type Of,
  passing,
  type World,
  type WorldCall,
  type WorldHandle,
} from './world.ts';

/** So much longer than its own a silence is before a handle is told of it, ms. */
const noNews = 1000;

/** What a wait would be without its random share, and which share of it was waited. */
interface Share {
  readonly at: number;
  readonly index: number;
  readonly of: number;
}

const receiptsIn = ({ value }: Of<'state'>): unknown => (value as Readonly<Record<string, unknown>>).receipts;

/** Where a handle tells that a read call of its own failed; `undefined` where that may have been another's too. */
function failedIn(world: World, guest: WorldHandle<'conversation'>, { answer, messageId }: WorldCall) {
  const told = world
    .all('emitted')
    .filter(
      ({ at, index, event }) =>
        index > (answer?.index ?? Infinity) &&
        at === answer?.at &&
        event.type === 'read.failed' &&
        event.mark.messageId === messageId &&
        event.failure.code === answer.failure?.code &&
        event.failure.requestId === answer.failure?.requestId,
    );
  return told.every(({ who }) => who === guest.who) ? told[0] : undefined;
}

/** How much of its full backoff each wait of a lane took, by how long the lane stayed in `cooldown`. */
function sharesIn(world: World): readonly Share[] {
  return world.conversations.flatMap((guest) => {
    const { backoffBase, backoffCap, tries } = guest.began.timing;
    return world.reads.flatMap((call) => {
      const { answer } = call;
      if (answer?.outcome !== 'failed' || call.keepalive || call.attempt >= tries) return [];
      if (!['network', 'unavailable', 'timeout', 'unexpected'].includes(answer.failure?.code ?? ''))
        return [];
      const entered = guest.states.find(
        ({ index }) => index > (failedIn(world, guest, call)?.index ?? Infinity),
      );
      if (!entered || receiptsIn(entered) !== 'cooldown') return [];
      const left = guest.states.find(
        (state) => state.index > entered.index && receiptsIn(state) !== 'cooldown',
      );
      // What the server asked for is another wait.
      if (!left || isSilent(silencesIn(world), answer.at, left.at)) return [];
      if (!world.isCalm(answer.index, left.index, ['keystroke', 'viewed', 'messageReceived'])) return [];
      const full = Math.min(backoffCap, backoffBase * 2 ** (call.attempt - 1));
      const earliest = call.at + guest.began.timing.readInterval;
      const waited = left.at - answer.at;
      const isShort = waited < full * (1 - guest.began.timing.jitter) - world.slack;
      return left.at <= earliest + world.slack && !isShort
        ? []
        : [{ at: answer.at, index: answer.index, of: waited / full }];
    });
  });
}

/** Four waits and more of a kind, of which all have the same part that should be random. */
function stiffIn(guest: WorldHandle<'conversation'>, partOf: (emitted: Of<'emitted'>) => number | null) {
  if (guest.began.timing.jitter < 0.1) return [];
  const parts = guest.emitted.flatMap((each) => {
    const part = partOf(each);
    return part === null || part < 0 ? [] : [{ each, part: Math.round(part) }];
  });
  const [first] = parts;
  const isStiff = parts.length >= 4 && new Set(parts.map(({ part }) => part)).size === 1;
  return first && isStiff
    ? [broken(first.each, 'what should be random of a wait is the same each time')]
    : [];
}

/** Whether a silence was known when a call left. A reply takes its way to a chart, and what falls due in that instant leaves. */
const isKnown = (world: World, { index, from, isReply }: Silence, call: WorldCall): boolean =>
  index < call.index &&
  (!isReply ||
    from < call.at ||
    world.all('emitted').some((told) => index < told.index && told.index < call.index));

/** Until when nothing leaves by what a handle tells, monotonic ms; 0 where it tells of something else. */
const silenceEnd = ({ at, event }: Of<'emitted'>): number =>
  event.type === 'rate.limited' ? at + event.msLeft : 0;

/** L-1, L-3 and L-5: silences and waits of the guest’s own calls, as far as a trace shows them. */
export const limitCheckers: readonly Checker[] = [
  {
    clause: 'L-1',
    looksFor:
      'a call within a silence that was asked for, a silence without a cap, or its end tried by two calls',
    check: (world) => {
      const silences = silencesIn(world);
      const early = laneCalls(world).flatMap((call) => {
        // Of a silence that is hardly longer than the one that another handle keeps, that one is not told.
        const margin = world.conversations.length === 1 ? world.slack - 1 : noNews;
        const silence = silences.find((each) => isKnown(world, each, call) && call.at < each.until - margin);
        return silence ? [broken(call, `${silence.until - call.at} ms before the silence was over`)] : [];
      });
      let latest = 0;
      let next = 0;
      const endless = world.conversations.flatMap((guest) =>
        guest.emitted.flatMap((emitted) => {
          if (emitted.event.type !== 'rate.limited') return [];
          for (let each = silences[next]; each && each.index <= emitted.index; each = silences[next]) {
            latest = Math.max(latest, each.latest);
            next += 1;
          }
          const { msLeft } = emitted.event;
          const { backoffBase, jitter } = guest.began.timing;
          // Whoever is told of it by another handle adds a share of its own (L-5).
          const share = (world.conversations.length - 1) * backoffBase * jitter;
          return latest > 0 && emitted.at + msLeft > latest + share + world.slack
            ? [
                broken(
                  emitted,
                  `it lasts ${msLeft} ms, at most ${latest - emitted.at} were asked for and are believed`,
                ),
              ]
            : [];
        }),
      );
      const probes = silences.flatMap((silence) => {
        const later = laneCalls(world).filter(({ index }) => index > silence.index);
        const [probe, second] = later;
        if (!probe || !second || world.conversations.length > 1) return [];
        const isOver = probe.answer !== null && probe.answer.index < second.index;
        const { deadline = 0 } = { ...world.conversations[0]?.began.timing };
        return isOver || second.at - probe.at >= deadline - 1 || wasUnderWay(world, silence.index)
          ? []
          : [broken(second, 'the end of a silence was not tried with one call')];
      });
      return [...early, ...endless, ...probes];
    },
  },
  {
    clause: 'L-3',
    looksFor: 'a timer that is set to no whole number of ms from 0 to 2^31 - 1',
    check: (world) => world.all('timer').map((timer) => broken(timer, `a timer was set to ${timer.ms}`)),
  },
  {
    clause: 'L-5',
    looksFor: 'waits after failures that do not grow within their bounds, or that are the same each time',
    check: (world) => {
      const { jitter = 0 } = { ...world.conversations[0]?.began.timing };
      const shares = sharesIn(world);
      const outside = shares
        .filter(({ of }) => of < 1 - jitter - 0.01 || of > 1.02)
        .map((share) => broken(share, `it waited ${Math.round(share.of * 100)} % of its backoff`));
      const rounded = new Set(shares.map(({ of }) => Math.round(of * 200)));
      const [first] = shares;
      const isStiff = jitter >= 0.1 && shares.length >= 4 && rounded.size === 1;
      const alike = world.conversations.flatMap((guest) => [
        ...stiffIn(guest, (emitted) => {
          const { at, event } = emitted;
          if (event.type !== 'rate.limited' || event.failure?.retryAfterMs === undefined) return null;
          // Within a silence the longer one is what is left.
          if (guest.emitted.some((each) => each.index < emitted.index && silenceEnd(each) > at)) return null;
          return event.msLeft - Math.min(event.failure.retryAfterMs, guest.began.timing.retryAfterCap);
        }),
        ...stiffIn(guest, ({ event }) => (event.type === 'read.parked' ? event.msLeft : null)),
      ]);
      return isStiff && first
        ? [...outside, broken(first, 'every wait takes the same share of its backoff'), ...alike]
        : [...outside, ...alike];
    },
  },
  {
    clause: 'L-5',
    looksFor: 'a refresh that failed and is asked for again without a backoff',
    check: (world) => {
      const [guest] = world.conversations;
      const tokens = world.calls.filter(({ lane }) => lane === 'token');
      if (!guest || world.conversations.length > 1) return [];
      const { backoffBase, backoffCap, jitter } = guest.began.timing;
      const least = Math.min(backoffBase, backoffCap) * (1 - jitter);
      return tokens.flatMap((call, nth) => {
        const answer = tokens[nth - 1]?.answer;
        if (!answer || answer.index > call.index || !passing.includes(answer.failure?.code ?? '')) return [];
        const isAsked = guest.inputs.some(
          ({ verb, index }) => ['reauthorize', 'resume'].includes(verb) && index > answer.index,
        );
        return !isAsked && call.at - answer.at < least - world.slack
          ? [broken(call, `${call.at - answer.at} ms after the one that failed`)]
          : [];
      });
    },
  },
];
