import { eventStream, type GuestRestOptions, guestRest, type StreamTold } from 'genesys-conversation-machine';
import { createSteppedClock } from 'genesys-conversation-machine/testing';
import { expect } from 'vitest';
import type { TransportEvent } from '../../src/shared/transport.ts';
import { createSockets } from './socketScript.ts';

/** A page of the history of `c1` with these messages, as the contract has it. */
export const page = (...messageIds: string[]) => ({
  conversationId: 'c1',
  messages: messageIds.map((messageId) => ({ messageId, participantId: 'agent', text: messageId })),
  reads: [],
});

/** The messages that whoever listens to a stream was told of. */
export const said = ({ evidence }: { readonly evidence: readonly TransportEvent[] }) =>
  evidence.flatMap((event) => (event.type === 'message.received' ? [event.messageId] : []));

/** A stream on a stepped clock whose server the test plays, with somebody who listens. */
export async function listen(random = 0.5, options: Partial<GuestRestOptions> = {}, resolution = 0) {
  const clock = createSteppedClock({ resolution });
  const { sockets, Socket } = createSockets();
  const asked: number[] = [];
  const script = { history: (_: URL): Response => Response.json(page()) };
  const transport = guestRest({
    orgUrl: 'https://api.example.org',
    participantId: 'guest',
    token: 'token-1',
    clock,
    fetch: async (url) => {
      asked.push(clock.now());
      return script.history(new URL(String(url)));
    },
    events: eventStream({ webSocket: Socket, random: () => random }),
    ...options,
  });
  const told: StreamTold[] = [];
  const evidence: TransportEvent[] = [];
  const leave = [
    transport.subscribe((event) => evidence.push(event)),
    transport.on('stream.opened', (event) => told.push(event)),
    transport.on('stream.lost', (event) => told.push(event)),
    transport.on('stream.unauthorized', (event) => told.push(event)),
  ];
  await clock.settle();
  const last = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error('no socket was made');
    return socket;
  };
  const admit = async () => {
    last().open();
    await clock.settle();
    last().receive({ type: 'authenticated', conversationId: 'c1' });
    await clock.settle();
  };
  const lose = async (code: number, error?: string) => {
    last().end(code, error);
    await clock.settle();
  };
  const lost = () => told.flatMap((event) => (event.type === 'stream.lost' ? [event.msLeft] : []));
  /** Loses the stream, and waits until the next attempt is made. */
  const interrupt = async () => {
    await lose(1006);
    await clock.advance(lost().at(-1) ?? 0);
  };
  const gaps = () => evidence.filter(({ type }) => type === 'messages.missed').length;
  const stop = () => {
    for (const end of leave) end();
    expect(clock.timers).toBe(0);
    expect(sockets.every(({ listeners }) => listeners === 0)).toBe(true);
  };
  return {
    ...{ clock, sockets, transport, told, evidence, asked, script },
    ...{ last, admit, lose, lost, interrupt, gaps, stop },
  };
}
