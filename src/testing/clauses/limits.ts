import {
  broken,
  type Checker,
  isSilent,
  laneCalls,
  lanes,
  type Of,
  openIn,
  type Silence,
  silencesIn,
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

/** L-1 to L-5, A-0, A-1 and C-1, as far as a trace shows them. */
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
    clause: 'L-4',
    looksFor: 'a call in a conversation that is over, or somebody who is shown typing in it',
    check: (world) =>
      world.conversations.flatMap((guest) => {
        if (world.conversations.length > 1) return [];
        const over = new Map<string, number>();
        return world.moments.flatMap((moment, index) => {
          if (moment.kind === 'emitted' && moment.event.type === 'conversation.ended') {
            over.set(moment.event.conversationId, index);
          } else if (moment.kind === 'emitted' && moment.event.type === 'conversation.resumed') {
            over.delete(moment.event.conversationId);
          } else if (moment.kind === 'input' && (moment.verb === 'open' || moment.verb === 'reopen')) {
            over.delete(String(moment.with[0] ?? openIn(world, guest, index + 1)));
          } else if (moment.kind === 'told' && moment.event.type === 'conversation.opened') {
            over.delete(moment.event.conversationId);
          } else if (moment.kind === 'call' && lanes.has(moment.lane) && 'conversationId' in moment) {
            const outlives = moment.lane === 'read' && guest.began.capabilities.readsOutliveEnd === true;
            const endedAt = over.get(moment.conversationId ?? '');
            if (endedAt !== undefined && !outlives && moment.at > (world.moments[endedAt]?.at ?? 0)) {
              return [broken({ at: moment.at, index }, `${moment.conversationId} was over`)];
            }
          } else if (moment.kind === 'state') {
            const open = openIn(world, guest, index);
            const isShown = world.state(guest, 'roster', index + 1).startsWith('someoneTyping');
            if (isShown && open !== null && over.has(open)) {
              return [
                broken({ at: moment.at, index }, `somebody is shown typing in ${open}, which was over`),
              ];
            }
          }
          return [];
        });
      }),
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
    clause: 'A-0',
    looksFor: 'an accepted call in a conversation that a reply had called over, and that stays over',
    check: (world) =>
      world.conversations.flatMap((guest) =>
        laneCalls(world).flatMap(({ answer, conversationId, lane }) => {
          if (answer?.outcome !== 'accepted' || world.conversations.length > 1) return [];
          if (lane === 'read' && guest.began.capabilities.readsOutliveEnd === true) return [];
          const ended = guest.emitted.findLast(
            ({ index, event }) =>
              index < answer.index &&
              event.type === 'conversation.ended' &&
              event.conversationId === conversationId,
          );
          if (ended?.event.type !== 'conversation.ended' || ended.event.failure === undefined) return [];
          const isReopened = world.moments.slice(ended.index, answer.index).some((moment) => {
            if (moment.kind === 'input')
              return ['open', 'reopen', 'end', 'stop', 'close', 'leave', 'freeze', 'resume'].includes(
                moment.verb,
              );
            if (moment.kind === 'told') return true;
            return moment.kind === 'emitted' && moment.event.type === 'conversation.resumed';
          });
          if (isReopened || guest.stoppedAt < answer.index) return [];
          const resumed = guest.emitted.some(
            ({ index, event }) =>
              index > answer.index && index < answer.index + 40 && event.type === 'conversation.resumed',
          );
          return resumed
            ? []
            : [broken(answer, `${conversationId} was called over and went on, which nobody was told`)];
        }),
      ),
  },
  {
    clause: 'A-1',
    looksFor: 'two refreshes at once, or one for a token that is no longer in use',
    check: (world) => {
      const tokens = world.calls.filter(({ lane }) => lane === 'token');
      if (world.conversations.length > 1) return [];
      return tokens.flatMap((call) => {
        const open = tokens.find(
          ({ index, at, answer }) =>
            index < call.index &&
            (answer === null || answer.index > call.index) &&
            call.at - at < (world.conversations[0]?.began.timing.deadline ?? 0) - 1,
        );
        if (open) return [broken(call, 'a refresh was under way')];
        const newest = Math.max(
          0,
          ...world.calls.map(({ lane, answer }) =>
            lane === 'token' && answer !== null && answer.index < call.index ? (answer.generation ?? 0) : 0,
          ),
        );
        const isAskedFor =
          tokens[0] === call ||
          world.calls.some(
            ({ answer }) =>
              answer?.failure?.code === 'unauthorized' &&
              (answer.failure.tokenGeneration ?? call.rejectedGeneration) === call.rejectedGeneration &&
              answer.index < call.index,
          ) ||
          world.all('input').some(({ verb, index }) => verb === 'reauthorize' && index < call.index);
        if (!isAskedFor) return [broken(call, `token ${call.rejectedGeneration} was not rejected`)];
        return call.rejectedGeneration < newest
          ? [broken(call, `token ${call.rejectedGeneration} is not in use since number ${newest}`)]
          : [];
      });
    },
  },
  {
    clause: 'C-1',
    looksFor: 'a timer, a call, a decision or a promise after the stop',
    check: (world) => {
      const rest = world.all('rest').flatMap((moment) => {
        if (moment.timers > 0) return [broken(moment, `${moment.timers} timers are left`)];
        return moment.open > 0 ? [broken(moment, `${moment.open} promises are left hanging`)] : [];
      });
      const handles = [...world.conversations, ...world.sessions];
      const isOver = handles.length > 0 && handles.every(({ stoppedAt }) => stoppedAt < world.moments.length);
      const end = Math.max(...handles.map(({ stoppedAt }) => stoppedAt));
      const stopped = world.moments[end]?.at ?? 0;
      const late = world.calls.filter(({ index, at }) => isOver && index > end && at > stopped);
      const told = handles.flatMap(({ emitted, stoppedAt }) =>
        emitted.filter(({ index, at }) => index > stoppedAt && at > (world.moments[stoppedAt]?.at ?? 0)),
      );
      return [
        ...rest,
        ...[...late, ...told].map((moment) => broken(moment, 'everything was stopped before')),
      ];
    },
  },
];

/** Whether a call was under way when a silence began: it settles whenever it does. */
const wasUnderWay = (world: World, index: number): boolean =>
  laneCalls(world).some((call) => call.index < index && (call.answer === null || call.answer.index > index));
