import { getEventListeners } from 'node:events';
import type { TokenProvider } from 'genesys-conversation-machine';
import { type Settlements, schedulerOf } from './settlements.ts';
import { pick } from './world.ts';

type Lane = 'typing' | 'read' | 'messages';
/**
 * How a call fares: when its answer is there, and what it is; `null` for never, `held` until the script lets it go,
 * `stale` where its token was good until then.
 */
type Fate = readonly [afterMs: number | 'held', answer: Answer | 'stale'];
type Answer = (() => Response) | 'breaks' | 'lost' | null;

const json = (status: number, body: object, headers: Readonly<Record<string, string>> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
const page = '<!doctype html><title>Sign in</title>';
const accepted = (): Response => new Response(null, { status: 204 });
const limited =
  (header: string | null, message = 'Too many requests.') =>
  () =>
    json(429, { status: 429, message }, header === null ? {} : { 'retry-after': header });

/** Fates that pass, those that come often first. */
const passing: readonly Fate[] = [
  ['held', accepted],
  ['held', accepted],
  [1500, accepted],
  [4500, accepted],
  [12_000, accepted],
  [0, null],
  [0, 'breaks'],
  [800, 'breaks'],
  [0, 'lost'],
  [0, () => json(503, {})],
  ['held', () => json(503, {})],
  [0, () => json(503, {}, { 'retry-after': '2' })],
  [0, limited('3')],
  ['held', limited('1')],
  [0, limited(null)],
  [0, limited(null, 'Retry the request in [2] seconds')],
  [0, limited('soon')],
  [0, limited('Thu, 01 Jan 2026 00:00:20 GMT')],
  [0, 'stale'],
  [700, 'stale'],
  [0, () => new Response(page, { headers: { 'content-type': 'text/html' } })],
  [0, () => new Response(page, { headers: { 'content-type': 'text/plain' } })],
  [0, () => new Response(page, { status: 404, headers: { 'content-type': 'text/html' } })],
  [0, () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.example' } })],
  [0, () => json(200, { conversationId: 'another' })],
  [0, () => new Response('{"broken', { headers: { 'content-type': 'application/json' } })],
];
/** Fates that end something. */
const final: readonly Fate[] = [403, 404, 409, 400].map((status) => [0, () => json(status, {})]);

/** The guest contract, played in memory: who calls it gets what a script says, and else is accepted. */
export function createGuestServer({ clock, later }: Settlements, order: number, latency: number) {
  /** Draws which of the answers that are held is let go. */
  const scheduler = schedulerOf(order);
  const fates: Record<Lane, Fate[]> = { typing: [], read: [], messages: [] };
  const signals = new Set<AbortSignal>();
  const provided: ((() => string | Promise<string>) | undefined)[] = [];
  let isOver = false;
  let token = 1;
  let messages = 0;

  const answerTo = (lane: Lane): (() => Response) => {
    if (lane !== 'messages') return accepted;
    messages += 1;
    const messageId = `sent-${messages}`;
    return () => json(200, { messageId, sentAt: new Date(clock.wallNow()).toISOString() });
  };

  const reply = (lane: Lane, authorization: string | null): readonly [Fate[0], Answer] => {
    if (!isOver && authorization !== `Bearer token-${token}`) {
      rejected.add(authorization?.replace('Bearer ', ''));
      return [latency, () => json(401, {})];
    }
    const [afterMs, answer] = fates[lane].shift() ?? [latency, accepted];
    if (answer === 'stale') {
      rejected.add(`token-${token}`);
      token += 1;
      return [afterMs, () => json(401, {})];
    }
    return [afterMs, answer === accepted ? answerTo(lane) : answer];
  };

  const call: typeof fetch = (input, init) => {
    const [, lane = ''] = /\/(typing|read|messages)$/.exec(String(input)) ?? [];
    const { signal } = init ?? {};
    if (signal) signals.add(signal);
    const [afterMs, answer] = reply(lane as Lane, new Headers(init?.headers).get('authorization'));
    return new Promise((resolve, reject) => {
      let callOff = (): void => {};
      const giveUp = (): void => {
        callOff();
        reject(new DOMException('Aborted', 'AbortError'));
      };
      const give = (): void => {
        signal?.removeEventListener('abort', giveUp);
        if (answer === 'breaks' || answer === 'lost') reject(new TypeError('fetch failed'));
        else if (answer) resolve(answer());
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      if (answer === null) return;
      if (afterMs === 'held') void scheduler.schedule(Promise.resolve(), lane).then(give);
      else callOff = later(lane, afterMs, give);
    });
  };

  /** Who was asked for a token and has not answered, and whether one was asked for without need. */
  const asked = new Set<AbortSignal>();
  const rejected = new Set<unknown>();
  const needless: string[] = [];
  let last: unknown = null;
  const provider: TokenProvider = async ({ signal }) => {
    if ([...asked].some((each) => !each.aborted)) needless.push('while another was asked for');
    if (last !== null && !rejected.has(last)) needless.push(`although nobody rejected ${last}`);
    asked.add(signal);
    const given = isOver ? undefined : provided.shift();
    try {
      const value = given ? await given() : `token-${token}`;
      if (!signal.aborted) last = value;
      return value;
    } finally {
      asked.delete(signal);
    }
  };

  return {
    fetch: call,
    provider,
    /** Where a token was asked for that nobody needed. */
    needless,
    /** Whether a token is good. */
    accepts: (given: unknown): boolean => {
      const isGood = isOver || given === `token-${token}`;
      if (!isGood) rejected.add(given);
      return isGood;
    },
    /** The next calls of a lane do not fare as usual. */
    trouble: (how: number): void => {
      const lane = pick(['typing', 'read', 'typing', 'read', 'messages'] as const, how);
      const times = 1 + (Math.trunc(how / 7) % 4);
      const isFinal = how % 23 === 0;
      const fate = pick(isFinal ? final : passing, Math.trunc(how / 5));
      fates[lane].push(...Array<Fate>(times).fill(fate));
    },
    /** The token in use is no longer good; what comes of asking for another is not always one. */
    rotate: (how: number): void => {
      token += 1;
      const fails = (): Promise<string> => Promise.reject(new Error('no token now'));
      const late = (): Promise<string> => scheduler.schedule(Promise.resolve(`token-${token}`), 'token');
      const same = (): string => `token-${token - 1}`;
      const [kind] = [pick([undefined, undefined, late, fails, same], how)];
      if (kind) provided.push(kind);
    },
    /** Whether the first token is still good. */
    isFirstToken: (): boolean => token === 1,
    /** Lets go of answers that are held, in an order that is the scheduler's. */
    release: async (count: number): Promise<void> => {
      const there = Math.min(count, scheduler.count());
      if (there > 0) await scheduler.waitNext(there);
    },
    /** From here on everything is accepted. */
    end: async (): Promise<void> => {
      isOver = true;
      for (const lane of Object.values(fates)) lane.length = 0;
      for (let left = scheduler.count(); left > 0; left = scheduler.count()) await scheduler.waitNext(left);
    },
    /** Listeners on signals of calls that are over. */
    listeners: (): number =>
      [...signals].reduce((sum, signal) => sum + getEventListeners(signal, 'abort').length, 0),
  };
}
