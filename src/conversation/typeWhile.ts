import { invalidOption } from '../shared/errors.ts';
import { checkOptions, namesOf } from '../shared/validate.ts';
import type { RunningChart } from './chart.ts';
import type { TypeWhileOptions, TypingVerbs } from './types.ts';

/** A work as it tells the chart of itself, and the signal that gives it up. */
interface Work {
  /** It began, or brought a further chunk. */
  writes(): void;
  /** It is over, whichever way. */
  ended(): void;
  readonly signal: AbortSignal | undefined;
}

/** Makes `typeWhile`: the work goes through as it is, and the chart is told when it writes and when it ended (T-16). */
export function createTypeWhile(chart: RunningChart): Pick<TypingVerbs, 'typeWhile'> {
  let works = 0;
  const typeWhile = (work: unknown, options?: TypeWhileOptions) => {
    const signal = signalIn(options);
    const given: unknown = typeof work === 'function' ? work() : work;
    works += 1;
    if (isAsyncIterable(given)) return eachChunk(given, createWork(chart, works, signal));
    if (isPromise(given)) return outcome(given, createWork(chart, works, signal));
    throw invalidOption('work', 'a promise, an async iterable, or a function that returns one', given);
  };
  return { typeWhile: typeWhile as TypingVerbs['typeWhile'] };
}

/**
 * A work belongs to the conversation that is open when it first writes, or that is opened first: nobody is shown typing
 * in another one. A chunk of a work that is shown anyway changes nothing and makes no event.
 */
function createWork(chart: RunningChart, work: number, signal: AbortSignal | undefined): Work {
  let home: string | null = null;
  const ended = (): void => {
    signal?.removeEventListener('abort', ended);
    chart.send({ type: 'work.ended', work });
  };
  return {
    signal,
    ended,
    writes: () => {
      const { conversationId, typing } = chart.actor.getSnapshot().context;
      home ??= conversationId;
      if (signal?.aborted || home !== conversationId || typing.writing.includes(work)) return;
      signal?.addEventListener('abort', ended);
      chart.send({ type: 'work.writes', work });
    },
  };
}

async function outcome<Result>(given: PromiseLike<Result>, work: Work): Promise<Result> {
  work.writes();
  try {
    return await unlessAborted(given, work.signal);
  } finally {
    work.ended();
  }
}

/** Begins with the first chunk that is asked for: an iterable that nobody reads is no work. */
async function* eachChunk<Chunk>(
  given: AsyncIterable<Chunk>,
  work: Work,
): AsyncGenerator<Chunk, void, undefined> {
  const { signal } = work;
  const chunks = given[Symbol.asyncIterator]();
  let isRead = false;
  try {
    work.writes();
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await unlessAborted(chunks.next(), signal);
      if (done) return;
      isRead = true;
      work.writes();
      yield value;
      isRead = false;
    }
  } finally {
    work.ended();
    // What ended or threw by itself has closed itself; what is given up may be busy, and is not waited for.
    if (signal?.aborted) close(chunks).catch(() => {});
    else if (isRead) await close(chunks);
  }
}

const close = async (chunks: AsyncIterator<unknown>): Promise<unknown> => chunks.return?.();

/** Settles as the work does, or rejects with the signal's reason as soon as it aborts. Leaves no listener on it. */
function unlessAborted<T>(given: PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const giveUp = (): void => reject(signal?.reason);
    if (signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp);
    const settled = (): void => signal?.removeEventListener('abort', giveUp);
    Promise.resolve(given).then(resolve, reject).then(settled);
  });
}

const optionNames = namesOf<TypeWhileOptions>({ signal: true });

function signalIn(options: TypeWhileOptions | undefined): AbortSignal | undefined {
  if (options === undefined) return undefined;
  checkOptions(options, 'an object, or absent', optionNames);
  const { signal } = options;
  if (signal !== undefined && !isSignal(signal)) throw invalidOption('signal', 'an AbortSignal', signal);
  return signal;
}

/** By its shape: a signal of another realm is one. */
const isSignal = (value: unknown): boolean =>
  has(value, 'addEventListener') && has(value, 'removeEventListener') && has(value, 'throwIfAborted');

const isPromise = (value: unknown): value is PromiseLike<unknown> => has(value, 'then');

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> => has(value, Symbol.asyncIterator);

const has = (value: unknown, method: PropertyKey): boolean =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Record<PropertyKey, unknown>)[method] === 'function';
