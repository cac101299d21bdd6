import { getEventListeners } from 'node:events';
import type { Conversation } from 'genesys-conversation-machine';

/** A piece of a bot's work that is under way. */
interface Work {
  end(): void;
  /** It fails, or is given up. */
  fail(): void;
}

async function read(chunks: AsyncIterable<string>, most = Number.POSITIVE_INFINITY): Promise<void> {
  let count = 0;
  for await (const _ of chunks) {
    count += 1;
    if (count >= most) return;
  }
}

/** What bots work at in the handles of a script: pieces that end, fail, or are given up as the script says. */
export function createWorks() {
  const works: Work[] = [];
  const signals: AbortSignal[] = [];
  const piece = (): Promise<void> =>
    new Promise<void>((end, fail) => works.push({ end, fail: () => fail(new Error('no answer')) }));
  /** A text in chunks with silences between. */
  async function* written(how: number): AsyncGenerator<string> {
    for (let chunk = 0; chunk <= how % 4; chunk += 1) {
      await piece();
      yield 'chunk';
    }
  }
  async function* within(handle: Conversation, how: number): AsyncGenerator<string> {
    yield* handle.typeWhile(written(how));
    yield* written(how);
  }
  const aborted = (): AbortSignal => {
    const controller = new AbortController();
    signals.push(controller.signal);
    works.push({ end: () => {}, fail: () => controller.abort() });
    return controller.signal;
  };

  return {
    answer: (handle: Conversation): void => {
      handle.typeWhile(piece()).catch(() => {});
    },
    write: (handle: Conversation, how: number): void => {
      read(handle.typeWhile(written(how))).catch(() => {});
    },
    /** One that may be given up, that nobody reads to its end, or that another stands in. */
    writeOtherwise: (handle: Conversation, how: number): void => {
      const chunks = Math.trunc(how / 4);
      if (how % 4 === 0) handle.typeWhile(piece(), { signal: aborted() }).catch(() => {});
      else if (how % 4 === 1) read(handle.typeWhile(written(chunks), { signal: aborted() })).catch(() => {});
      else if (how % 4 === 2) read(handle.typeWhile(written(1 + chunks)), 1).catch(() => {});
      else read(handle.typeWhile(within(handle, chunks))).catch(() => {});
    },
    /** The oldest ends. */
    endOne: (): void => works.shift()?.end(),
    failOne: (how: number): void => {
      for (const work of works.splice(how % Math.max(1, works.length), 1)) work.fail();
    },
    endAll: async (settle: () => Promise<void>): Promise<void> => {
      while (works.length > 0) {
        for (const { end } of works.splice(0)) end();
        await settle();
      }
    },
    /** Listeners on signals of works that are over. */
    listeners: (): number =>
      signals.reduce((sum, signal) => sum + getEventListeners(signal, 'abort').length, 0),
  };
}
