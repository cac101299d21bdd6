import { describe, expect, it } from 'vitest';
import { type CloseVerdict, type SocketEnd, verdictOfSocket } from '../../machines/reconnect.ts';
import { failureOfClose, frameTooBig, verdictOf } from '../../machines/session/closeCodes.ts';
import { errorVerdict, expired, failureOfCode, mustSignIn } from '../../machines/session/errorCodes.ts';

describe('how a socket ended asks for what its number says (W-3)', () => {
  it.each<[CloseVerdict, readonly number[]]>([
    ['final', [1000]],
    ['retry', [0, 1001, 1004, 1005, 1006, 1009, 1011, 1014, 1016, 3000, 3999]],
    ['once', [1002, 1003, 1007, 1008, 1010, 1015]],
    ['spread', [1012]],
    ['slowly', [1013]],
  ])('%s, in every protocol: %j', (verdict, codes) => {
    for (const code of codes) {
      expect(verdictOfSocket({ code }), String(code)).toBe(verdict);
      expect(verdictOf({ code }), String(code)).toBe(verdict);
    }
  });

  it.each<[CloseVerdict, readonly number[]]>([
    ['fatal', [4000, 4001, 4099]],
    ['paced', [4100, 4150, 4199]],
    ['immediate', [4200, 4250, 4299]],
    ['retry', [3999, 4300, 4999]],
  ])('%s, in the messenger’s own: %j', (verdict, codes) => {
    for (const code of codes) {
      expect(verdictOf({ code }), String(code)).toBe(verdict);
      expect(verdictOfSocket({ code }), String(code)).toBe('retry');
    }
  });

  it.each<[CloseVerdict, readonly number[]]>([
    ['slowly', [429, 503]],
    ['once', [400, 401, 403, 404, 406, 410, 418, 451, 499]],
    ['retry', [101, 200, 301, 399, 407, 408, 421, 425, 500, 502, 504]],
  ])('%s, where the handshake was refused with %j, whatever the code', (verdict, statuses) => {
    for (const refused of statuses)
      for (const code of [1006, 1000, 1008])
        expect(verdictOf({ code, refused }), String(refused)).toBe(verdict);
  });

  it('and the number for a frame that was too big is that of RFC 6455', () => {
    expect(frameTooBig).toBe(1009);
  });
});

describe('why a socket’s end is the session’s end is told, with what to do', () => {
  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [410, 'not-found'],
    [400, 'bad-request'],
    [451, 'bad-request'],
  ])('after a handshake that was refused with %i, as %s', (refused, code) => {
    expect(failureOfClose({ code: 1006, refused })).toEqual({
      code,
      status: refused,
      message: `The handshake was refused with status ${refused}; check the deployment id, the region, and that the deployment allows this origin.`,
    });
  });

  it.each<[number, string]>([
    [1008, 'forbidden'],
    [4000, 'forbidden'],
    [4099, 'forbidden'],
    [3999, 'network'],
    [4100, 'network'],
    [1002, 'network'],
  ])('after code %i, as %s', (closed, code) => {
    const end: SocketEnd = { code: closed };
    expect(failureOfClose(end)).toEqual({
      code,
      message: `The server closed the socket with code ${closed}, and connecting again would end the same way; check the deployment, then connect again.`,
    });
  });
});

const request = 'The server refused the request as wrong.';
const attachment = 'The server refused an attachment.';
const unexplained = 'The server reported an error that it does not explain.';
const over = 'The session has expired; start a new one.';

describe('an error number', () => {
  it.each<[string, readonly number[]]>([
    ['answer', [300, 301, 400, 429, 500, 599]],
    ['log', [-1, 0, 299, 600, 4000, 4001, 4012, 4014, 4020, 4029, 4102]],
    ['fatal', [4006, 4007]],
    ['message', [4011, 4013]],
    ['forget', [4017]],
  ])('asks for %s: %j', (verdict, codes) => {
    for (const code of codes) expect(errorVerdict(code), String(code)).toBe(verdict);
  });

  it.each([
    [401, 'unauthorized', 'The server does not accept this guest; start a new session.'],
    [403, 'forbidden', 'The deployment does not allow this; switch the feature on in its configuration.'],
    [404, 'not-found', 'The server knows no such deployment or session; check the deployment id.'],
    [408, 'timeout', 'The server gave up waiting; try again.'],
    [409, 'conversation-ended', 'The conversation may only be looked at; start a new session.'],
    [4000, 'forbidden', 'The deployment does not have this feature.'],
    [4006, 'conversation-ended', over],
    [4007, 'not-found', 'The server knows no such session; start a new one.'],
    [4011, 'bad-request', 'The message is too long; a text may have 4096 bytes.'],
    [4013, 'bad-request', 'The custom attributes are too large; all of a message may have 2048 bytes.'],
    [4017, 'unauthorized', 'A signed-in session cannot go on as a guest; connect again for a new one.'],
    [4020, 'bad-request', 'The server missed a parameter; please report this.'],
    [4001, 'bad-request', attachment],
    [4010, 'bad-request', attachment],
    [4102, 'bad-request', attachment],
    [400, 'bad-request', request],
    [499, 'bad-request', request],
    [500, 'unavailable', unexplained],
    [599, 'unavailable', unexplained],
    [399, 'unexpected', unexplained],
    [600, 'unexpected', unexplained],
    [4012, 'unexpected', unexplained],
    [4101, 'unexpected', unexplained],
    [4103, 'unexpected', unexplained],
  ])('%i is told as %s: %s', (errorCode, code, message) => {
    expect(failureOfCode(errorCode)).toEqual({ code, message, errorCode });
  });

  it('is none where a session is over, or its guest is to sign in, without one; that is told all the same', () => {
    expect(expired).toEqual({ code: 'conversation-ended', message: over });
    expect(mustSignIn).toEqual({
      code: 'unauthorized',
      message:
        'The server wants the guest signed in, which a guest session cannot do; sign in elsewhere, then connect again.',
    });
  });
});
