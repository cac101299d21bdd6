import type { Socket } from 'node:net';
import {
  type ConversationOptions,
  createConversation,
  type GuestRestOptions,
  guestRest,
  type LogEntry,
  type Transport,
} from 'genesys-conversation-machine';
import { createSteppedClock, recordTrace } from 'genesys-conversation-machine/testing';
import { onTestFinished } from 'vitest';
import { canary, expectNoCanary } from './guestCalls.ts';
import { type RawServer, rawServer, reply } from './rawServer.ts';

/** Bytes that are said before the connection closes, or what a hand does with the socket. */
export type Answer = string | Buffer | ((socket: Socket) => void);

/** An answer that does not come to an end. */
export interface Endless {
  /** Said first, each in a packet of its own. */
  readonly pieces: readonly string[];
  /** Said again and again from then on; nothing where it is absent. */
  readonly forever?: string;
}

/** What a server says to the calls of each lane, one after the other; all further calls are accepted. */
export interface Besieged {
  readonly typing?: readonly (Answer | Endless)[];
  readonly read?: readonly (Answer | Endless)[];
  readonly guest?: Partial<GuestRestOptions>;
  readonly conversation?: Partial<ConversationOptions>;
}

type Lane = 'typing' | 'read';

/** Nothing is ever said. */
export const silence: Endless = { pieces: [] };

/**
 * A conversation over `guestRest` whose calls travel over loopback to a server that says exactly what it was told
 * to. All waits go by a stepped clock, which waits for every call that can still be answered: a deadline passes
 * when the test says so.
 */
export async function besiege({ typing = [], read = [], guest, conversation: options }: Besieged) {
  const underWay = new Map<Promise<unknown>, Lane>();
  /** Lanes whose call gets no answer as things stand, and its socket. */
  const endless = new Map<Lane, Socket>();
  let turned: () => void = () => {};
  const clock = createSteppedClock({
    settle: async () => {
      await nextTurn();
      while ([...underWay.values()].some((lane) => !endless.has(lane))) {
        const turn = new Promise<void>((resolve) => {
          turned = resolve;
        });
        await Promise.race([...underWay.keys(), turn]);
        await nextTurn();
      }
    },
  });

  const calls: string[] = [];
  const waiting = { typing: [...typing], read: [...read] };
  const server = await rawServer((socket, { head, body }) => {
    const lane = /^POST \S+\/typing /.test(head) ? 'typing' : 'read';
    const what = lane === 'read' ? 'READ' : JSON.parse(body).isTyping ? 'ON' : 'OFF';
    calls.push(`${(clock.now() / 1000).toFixed(3)} ${what}`);
    const answer = waiting[lane].shift() ?? reply(204);
    if (typeof answer === 'function') answer(socket);
    else if (typeof answer === 'string' || Buffer.isBuffer(answer)) socket.end(closing(answer));
    else {
      sayAll(socket, answer.pieces, () => {
        endless.set(lane, socket);
        if (answer.forever !== undefined) trickle(socket, answer.forever);
        turned();
      });
    }
  });

  const watch = <T>(lane: Lane, call: Promise<T>): Promise<T> => {
    endless.delete(lane);
    const settled: Promise<unknown> = call.then(
      () => underWay.delete(settled),
      () => underWay.delete(settled),
    );
    underWay.set(settled, lane);
    return call;
  };
  const transport: Transport = guestRest({
    orgUrl: server.url,
    participantId: 'guest-1',
    token: canary,
    clock,
    ...guest,
  });
  const logged: LogEntry[] = [];
  const conversation = createConversation({
    logger: (entry) => logged.push(entry),
    transport: {
      ...transport,
      sendTyping: (call, options) => watch('typing', transport.sendTyping(call, options)),
      sendRead: (call, options) => watch('read', transport.sendRead(call, options)),
    },
    clock,
    conversationId: 'conversation-1',
    random: () => 0.5,
    ...options,
  });
  const trace = recordTrace(conversation, clock);
  conversation.start();
  onTestFinished(async () => {
    conversation.stop();
    await server.close();
    expectNoCanary([logged, trace.entries]);
  });

  const at = (ms: number): Promise<void> => clock.advance(ms - clock.now());
  const type = async (from: number, to: number, every = 250): Promise<void> => {
    for (let time = from; time <= to; time += every) {
      await at(time);
      conversation.keystroke();
    }
    await clock.settle();
  };
  /** Says something after all to a call that got no answer, and waits for what comes of it. */
  const sayAtLast = async (lane: Lane, bytes: string): Promise<void> => {
    const socket = endless.get(lane);
    endless.delete(lane);
    socket?.end(closing(bytes));
    await clock.settle();
  };
  const told = (messageId: string): void =>
    conversation.messageReceived({ messageId, participantId: 'agent' });
  return {
    conversation,
    transport,
    server: server as RawServer,
    clock,
    trace,
    calls,
    logged,
    at,
    type,
    told,
    sayAtLast,
  };
}

/** The same reply, which says that nothing follows on this connection: lest a call takes one that is about to close. */
export function closing(answer: string | Buffer): Buffer {
  const bytes = Buffer.from(answer);
  const end = bytes.indexOf('\r\n');
  const isReply = end > 0 && /^HTTP\/1\.1 (?:[02-9]\d\d) /.test(bytes.subarray(0, end).toString('latin1'));
  const cut = end + 2;
  return isReply
    ? Buffer.concat([bytes.subarray(0, cut), Buffer.from('Connection: close\r\n'), bytes.subarray(cut)])
    : bytes;
}

/** When the calls of one kind came, seconds. */
export const timesOf = (calls: readonly string[], what: string): number[] =>
  calls.filter((call) => call.endsWith(` ${what}`)).map((call) => Number.parseFloat(call));

function sayAll(socket: Socket, [piece, ...rest]: readonly string[], done: () => void): void {
  if (piece === undefined) setImmediate(done);
  else socket.write(piece, () => sayAll(socket, rest, done));
}

function trickle(socket: Socket, piece: string): void {
  const timer = setInterval(() => socket.write(piece), 1);
  socket.once('close', () => clearInterval(timer));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
