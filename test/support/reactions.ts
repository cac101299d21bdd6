import { clientCredentials, guestRest, openGuestConversation } from 'genesys-conversation-machine';
import { expect } from 'vitest';
import type { Failure, FailureCode } from '../../machines/failure.ts';
import { canary, failureOf } from './guestCalls.ts';
import { type RawServer, serving } from './rawServer.ts';
import { type Answer, besiege, closing, type Endless, timesOf } from './siege.ts';

/** What a reply makes of both lanes of a conversation. */
export interface Reaction {
  /**
   * `accepted`; `again`: the mark leaves again by itself, and typing where it is still true; `refused`: this call is
   * given up; `ended`: the conversation is; `off`: the lane is; `signed-out`: no token works.
   */
  readonly what: 'accepted' | 'again' | 'refused' | 'ended' | 'off' | 'signed-out';
  /** What the failure says, and nothing besides. */
  readonly failure?: Pick<Failure, 'code' | 'status' | 'retryAfterMs'>;
  /** In which time the next call leaves, ms. */
  readonly wait?: readonly [least: number, most: number];
}

const failing = (
  what: Reaction['what'],
  code: FailureCode,
  status: number | undefined,
  wait?: Reaction['wait'],
): Reaction => ({
  what,
  failure: { code, ...(status !== undefined && { status }) },
  ...(wait && { wait }),
});

/** One call, and it counts. */
export const accepted: Reaction = { what: 'accepted' };
/** It passes: tried again by backoff, half a second to one, and by spacing, one second. */
export const passing = (code: FailureCode, status?: number): Reaction =>
  failing('again', code, status, [1000, 1001]);
/** The server wants silence: for as long as it says and half a second more at most, else by backoff. */
export function limited(retryAfterMs?: number, status = 429): Reaction {
  const reaction = passing('rate-limited', status);
  if (retryAfterMs === undefined || reaction.failure === undefined) return reaction;
  return {
    what: 'again',
    failure: { ...reaction.failure, retryAfterMs },
    wait: [Math.max(1000, retryAfterMs), Math.max(1001, retryAfterMs + 501)],
  };
}
export const refused = (code: FailureCode, status: number): Reaction => failing('refused', code, status);
export const ended = (code: FailureCode, status: number): Reaction => failing('ended', code, status);
export const switchedOff: Reaction = failing('off', 'forbidden', 403);
export const signedOut: Reaction = failing('signed-out', 'unauthorized', 401);

const finals: Readonly<Record<Reaction['what'], string>> = {
  accepted: 'acknowledged',
  again: 'acknowledged',
  refused: 'undeliverable',
  ended: 'undeliverable',
  off: 'undeliverable',
  'signed-out': 'kept',
};

/** Holds the read lane to a reaction: the first call is answered so, all others are accepted; ten minutes pass. */
export async function expectRead(said: Answer | Endless, { what, failure, wait }: Reaction): Promise<void> {
  const { conversation, calls, trace, at, told } = await besiege({ read: [said] });
  told('m1');
  const asked = conversation.markAsRead('m1').then(
    () => undefined,
    ({ code }: Failure) => code,
  );
  await at(600_000);
  const fails = trace.of('read.failed');
  expect(fails.map((event) => essence(event.failure))).toEqual(failure ? [failure] : []);
  const ledger = conversation.actor.getSnapshot().context.receipts.ledgers[0];
  const isKept = fails.every(({ willRetry }) => willRetry);
  expect(ledger?.acknowledged ? 'acknowledged' : isKept ? 'kept' : 'undeliverable').toBe(finals[what]);
  const times = timesOf(calls, 'READ');
  expect(times).toHaveLength(what === 'again' ? 2 : 1);
  if (wait !== undefined) expectWithin(times[1], wait);
  expect(trace.of('conversation.ended')).toHaveLength(what === 'ended' ? 1 : 0);
  expect(trace.of('link.unauthorized')).toHaveLength(what === 'signed-out' ? 1 : 0);
  expect(await asked).toBe(finals[what] === 'acknowledged' ? undefined : failure?.code);
}

/** The same of the typing lane, while somebody types for two seconds and then stops. */
export async function expectTyping(said: Answer | Endless, { what, failure, wait }: Reaction): Promise<void> {
  const { calls, trace, at, type } = await besiege({ typing: [said] });
  await type(0, 2000);
  await at(600_000);
  const stillTrue = what === 'again' && (wait?.[0] ?? 0) < 5000;
  const fails = trace.of('typing.failed');
  expect(fails.map((event) => essence(event.failure))).toEqual(failure ? [failure] : []);
  const times = timesOf(calls, 'ON');
  expect(times[0]).toBe(0);
  if (stillTrue && wait) expectWithin(times[1], wait);
  else if (what !== 'accepted') expect(calls).toHaveLength(1);
  expect(trace.of('typing.announced')).toHaveLength(what === 'accepted' || stillTrue ? 1 : 0);
  expect(calls.every((call) => Number.parseFloat(call) <= 6)).toBe(true);
  expect(trace.of('conversation.ended')).toHaveLength(what === 'ended' ? 1 : 0);
}

/** What whoever opens, fetches a token, or sends is told where the same comes back: never that it worked. */
export async function expectDoors(said: Answer, { failure }: Reaction): Promise<void> {
  const code = failure?.code ?? 'unreadable-reply';
  const isAboutCredentials = [400, 401, 403].includes(failure?.status ?? 0) && code !== 'unreadable-reply';
  const doors: readonly [call: (orgUrl: string) => Promise<unknown>, code: FailureCode][] = [
    [(orgUrl) => openGuestConversation({ orgUrl }), code],
    [
      (orgUrl) => clientCredentials({ orgUrl, clientId: 'bot', clientSecret: canary.slice(0, -2) })(),
      isAboutCredentials ? 'unauthorized' : code,
    ],
    [
      (orgUrl) =>
        guestRest({ orgUrl, participantId: 'guest-1', token: canary }).sendMessage('hello', {
          conversationId: 'conversation-1',
        }),
      code,
    ],
  ];
  const server: RawServer = await serving((socket) => {
    if (typeof said === 'function') said(socket);
    else socket.end(closing(said));
  });
  for (const [index, [call, expected]] of doors.entries()) {
    expect((await failureOf(call(server.url))).code).toBe(expected);
    expect(server.requests).toHaveLength(index + 1);
  }
}

const essence = ({ code, status, retryAfterMs }: Failure): Reaction['failure'] => ({
  code,
  ...(status !== undefined && { status }),
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

function expectWithin(seconds: number | undefined, [least, most]: readonly [number, number]): void {
  expect((seconds ?? Number.NaN) * 1000).toBeGreaterThanOrEqual(least);
  expect((seconds ?? Number.NaN) * 1000).toBeLessThanOrEqual(most);
}
