import { type Failure, type FailureCode, failureOf, kindOf } from 'genesys-conversation-machine/machines';
import { describe, expect, it } from 'vitest';
import { noToken } from '../../machines/failure.ts';

const kinds: Readonly<Record<FailureCode, string>> = {
  'bad-request': 'refused',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  'not-found': 'gone',
  'conversation-ended': 'gone',
  'rate-limited': 'limited',
  unavailable: 'transient',
  timeout: 'transient',
  network: 'transient',
  'unreadable-reply': 'transient',
  redirected: 'transient',
  unexpected: 'transient',
};

const whole: Failure = {
  code: 'rate-limited',
  message: 'Wait.',
  status: 429,
  requestId: 'r1',
  attempt: 2,
  retryAfterMs: 3000,
  unsent: true,
  tokenGeneration: 4,
};

describe('what an actor rejected with', () => {
  it.each(Object.entries(kinds))('%s is read, and asks for: %s', (code, kind) => {
    const failure = failureOf({ code, message: 'x' });
    expect(failure).toEqual({ code, message: 'x' });
    expect(kindOf(failure)).toBe(kind);
  });

  it('is read field by field, and nothing else of it is kept (S4, S12)', () => {
    expect(failureOf({ ...whole, token: 'secret', cause: new Error('secret') })).toEqual(whole);
  });

  it.each(Object.keys(whole).filter((name) => name !== 'code' && name !== 'message'))(
    'has its %s left out where that is of another kind',
    (name) => {
      const { [name as 'status']: _, ...rest } = whole;
      for (const other of [null, {}, ['1'], false, name === 'requestId' ? 1 : 'secret'])
        expect(failureOf({ ...whole, [name]: other })).toEqual(rest);
    },
  );

  it.each([
    undefined,
    null,
    'secret',
    7,
    () => 'secret',
    new Error('secret'),
    { code: 'secret', message: 'x' },
    { code: 503, message: 'x' },
    { code: ['network'], message: 'x' },
    { message: 'x' },
    { code: 'network' },
    { code: 'network', message: 7 },
  ])('%s is no failure, and nothing of it is told', (thrown) => {
    expect(failureOf(thrown)).toEqual({
      code: 'unexpected',
      message: 'The transport threw something that is not a ConversationError; have it reject with one.',
    });
  });
});

it('a token that nobody can replace is told with what to do', () => {
  expect(noToken).toEqual({
    code: 'unauthorized',
    message: 'The token was rejected and no fresh one can be had; sign the guest in again.',
  });
});
