import { type Agent, request } from 'node:http';
import { WebSocket } from 'ws';
import { createMarks } from './marks.ts';

/** What the guests of one load have in common. */
export interface World {
  readonly url: string;
  /** Names this run, so that its keys are its own. */
  readonly run: string;
  /** How far apart a guest's messages are, ms, on average. */
  readonly every: number;
  readonly counts: Counts;
  /** How long each message took from the guest's first try until its answer was shown, ms. */
  readonly answerTimes: number[];
}

/** What all guests together have done, and seen. */
export interface Counts {
  connected: number;
  accepted: number;
  answered: number;
  marks: number;
  /** Calls that had to be made again. */
  retries: number;
  /** The longest that a message took until it was accepted, ms. */
  longestAccept: number;
}

/** A guest, as a page is one: it types, writes, is answered, reads, and comes back when its stream is lost. */
export interface LoadedGuest {
  live(): Promise<void>;
  /** Begins nothing new. */
  stop(): void;
  /** Whether everything that was begun has ended. */
  isSettled(): boolean;
  /** What is wrong with what the guest has seen, and with what the gateway keeps of it. */
  judge(): Promise<readonly string[]>;
}

interface Message {
  readonly messageId: string;
  readonly participantId: string;
  readonly text: string;
  readonly sentAt: string;
}

/** What the gateway answers, as far as a guest reads it. */
interface Answer {
  readonly conversationId?: string;
  readonly guestId?: string;
  readonly guestToken?: string;
  readonly messages?: readonly Message[];
  readonly reads?: readonly { readonly participantId: string; readonly messageId: string }[];
}

const callTime = 8000;
const root = '/api/v2/conversations/messaging';
/** How long to wait before the next try of what has failed so often, ms: as a page does, longer each time, and not together. */
const pauseAfter = (failures: number): number =>
  Math.min(10_000, 500 * 2 ** failures) * (0.5 + Math.random());
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Makes the guest of that number. Its calls come from an address of its own, which several guests share. */
export function createGuest(world: World, number: number, agent: Agent, localAddress: string): LoadedGuest {
  const { url, run, every, counts, answerTimes } = world;
  const seen = new Map<string, Message>();
  const sent: string[] = [];
  const waiting = new Map<string, number>();
  const wrong: string[] = [];
  let [conversationId, guestId, token] = ['', '', ''];
  let [isStopped, isBusy, acknowledged, newest, isReading] = [false, false, '', '', false];
  let last: string | undefined;
  const calledFor = new Set<string>();
  const marks = createMarks((messageId) => calledFor.has(messageId));

  const call = (path: string, body?: object, headers: Record<string, string> = {}) =>
    new Promise<{ readonly status: number; readonly body: Answer; readonly retryAfter: number }>(
      (resolve, reject) => {
        const outgoing = request(`${url}${root}${path}`, {
          ...{ agent, localAddress, method: body === undefined ? 'GET' : 'POST' },
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
          signal: AbortSignal.timeout(callTime),
        });
        outgoing.once('error', reject).once('response', (incoming) => {
          const chunks: Buffer[] = [];
          incoming
            .on('data', (chunk: Buffer) => chunks.push(chunk))
            .once('error', reject)
            .once('end', () => {
              const text = Buffer.concat(chunks).toString();
              resolve({
                status: incoming.statusCode ?? 0,
                body: text === '' ? {} : JSON.parse(text),
                retryAfter: Number(incoming.headers['retry-after'] ?? 0) * 1000,
              });
            });
        });
        outgoing.end(body === undefined ? undefined : JSON.stringify(body));
      },
    );
  /** Calls until it is answered with a 2xx; any other word than “later” is wrong. */
  const insist = async (path: string, body?: object, headers?: Record<string, string>): Promise<Answer> => {
    for (let tries = 0; ; tries += 1) {
      const {
        status,
        body: answer,
        retryAfter,
      } = await call(path, body, headers).catch(() => ({
        status: 0,
        body: {} as Answer,
        retryAfter: 0,
      }));
      if (status >= 200 && status < 300) return answer;
      if (status !== 0 && status !== 429 && status !== 502 && status !== 503 && status !== 504) {
        wrong.push(`${path.split('/').at(-1)} was answered with ${status}`);
        if (tries > 5) throw new Error('refused');
      }
      counts.retries += 1;
      await sleep(retryAfter + pauseAfter(tries));
    }
  };

  const see = (message: Message): void => {
    last = message.messageId;
    if (seen.has(message.messageId)) return;
    seen.set(message.messageId, message);
    if (message.participantId === guestId) return;
    const begun = waiting.get(message.text.slice(3));
    waiting.delete(message.text.slice(3));
    counts.answered += 1;
    if (begun !== undefined) answerTimes.push(Date.now() - begun);
    newest = message.messageId;
    void read();
  };
  const read = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    while (acknowledged !== newest) {
      const messageId = newest;
      calledFor.add(messageId);
      await insist(`/participants/${guestId}/read`, { conversationId, messageId }).then(
        () => marks.acknowledged(messageId),
        () => {},
      );
      acknowledged = messageId;
      counts.marks += 1;
    }
    isReading = false;
  };
  const history = async (after = ''): Promise<Answer> => {
    const noteMark = marks.ask();
    const answer = await insist(`/${conversationId}/messages?limit=40${after}`);
    noteMark(answer.reads?.find(({ participantId }) => participantId === guestId)?.messageId);
    return answer;
  };
  const catchUp = async (): Promise<void> => {
    for (;;) {
      const after = last === undefined ? '' : `&after=${last}`;
      const { messages = [] } = await history(after);
      for (const message of messages) see(message);
      if (messages.length < 40 || last === undefined) return;
    }
  };
  const hear = (frame: Record<string, string>): void => {
    if (frame.type === 'authenticated') catchUp().catch(() => {});
    else if (frame.type === 'conversation:message') see(frame as unknown as Message);
    else if (frame.type === 'conversation:read' && frame.participantId === guestId)
      marks.told(frame.messageId ?? '');
  };
  let failures = 0;
  const listen = (): void => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${root}/events`, {
      ...{ localAddress, handshakeTimeout: callTime, perMessageDeflate: false },
    });
    let isIn = false;
    let lastSign = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - lastSign > 25_000) socket.terminate();
      else if (socket.readyState === socket.OPEN) socket.send('{"type":"ping"}');
    }, 10_000);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'authenticate', token })));
    socket.on('message', (data) => {
      lastSign = Date.now();
      if (!isIn) counts.connected += 1;
      [isIn, failures] = [true, 0];
      hear(JSON.parse(String(data)));
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearInterval(watch);
      if (isIn) counts.connected -= 1;
      failures += 1;
      setTimeout(listen, pauseAfter(failures));
    });
  };
  const type = (): void => {
    call(`/participants/${guestId}/typing`, { conversationId, isTyping: true }).catch(() => {});
  };
  const write = async (): Promise<void> => {
    const text = `${number}:${sent.length + 1}`;
    const begun = Date.now();
    sent.push(text);
    waiting.set(text, begun);
    await insist(
      `/participants/${guestId}/messages`,
      { conversationId, text },
      { 'idempotency-key': `${run}-guest-${text}` },
    );
    counts.accepted += 1;
    counts.longestAccept = Math.max(counts.longestAccept, Date.now() - begun);
  };

  return {
    live: async () => {
      await sleep(Math.random() * Math.min(every, 20_000));
      isBusy = true;
      ({ conversationId = '', guestId = '', guestToken: token = '' } = await insist('', {}));
      listen();
      while (!isStopped) {
        isBusy = true;
        type();
        await sleep(300 + Math.random() * 700);
        // A key now and then: too early for the platform, which the gateway has to know.
        if (Math.random() < 0.5) type();
        await write();
        isBusy = false;
        await sleep(every * (0.5 + Math.random()));
      }
      // Also where it was stopped before it could write.
      isBusy = false;
    },
    stop: () => {
      isStopped = true;
    },
    isSettled: () => !isBusy && waiting.size === 0 && !isReading && acknowledged === newest,
    judge: async () => {
      if (conversationId === '') return wrong;
      const { messages: kept = [] } = await history();
      wrong.push(...marks.judge(kept.map(({ messageId }) => messageId)));
      if (kept.length === 40) return [...wrong, 'the history is longer than this load can judge'];
      const told = kept.filter(({ participantId }) => participantId === guestId).map(({ text }) => text);
      if (told.join() !== sent.join()) wrong.push(`kept ${told.join()} of ${sent.join()}`);
      const answers = kept
        .filter(({ participantId }) => participantId !== guestId)
        .sort((one, other) => one.sentAt.localeCompare(other.sentAt))
        .map(({ text }) => text);
      if (answers.join() !== sent.map((text) => `re ${text}`).join()) {
        wrong.push(`answered ${answers.join()} to ${sent.join()}`);
      }
      const shown = [...seen.values()].map(({ text }) => text).sort();
      if (
        shown.join() !==
        kept
          .map(({ text }) => text)
          .sort()
          .join()
      )
        wrong.push('shown is not what is kept');
      return wrong;
    },
  };
}
