import { consoleLogger } from 'genesys-conversation-machine';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

/** A console that keeps what is written to it. */
function createConsole() {
  const lines: string[] = [];
  const errors: unknown[] = [];
  const write =
    (level: string) =>
    (line: string, ...rest: unknown[]): void => {
      lines.push(`${level} ${line}`);
      errors.push(...rest);
    };
  return { lines, errors, console: { debug: write('debug'), warn: write('warn'), error: write('error') } };
}

const unavailable = {
  code: 'unavailable',
  message: 'The server cannot answer now; it is tried again.',
  status: 503,
  requestId: 'request-1',
} as const;

describe('a logger that writes to the console', () => {
  it('writes a line a decision, with what a developer needs to act on it', async () => {
    const { lines, console } = createConsole();
    const { conversation, transport, told, at } = createHarness({ logger: consoleLogger({ console }) });
    transport.answer('read', unavailable);
    conversation.keystroke();
    told('m1');
    conversation.viewed('m1');
    await at(300);
    expect(lines).toContain('debug [conversation] typing.announced conversationId=c1');
    expect(lines).toContain(
      'warn [conversation] read.failed conversationId=c1 mark=m1 code=unavailable status=503 attempt=1 ' +
        'requestId=request-1: The server cannot answer now; it is tried again. willRetry=true',
    );
  });

  it('names nobody: over a socket a participant is told apart by the name of a person', async () => {
    const { lines, console } = createConsole();
    const { conversation, at } = createHarness({ logger: consoleLogger({ console }) });
    conversation.receive({
      type: 'conversation:typing',
      conversationId: 'c1',
      participantId: 'Jane Doe',
      isTyping: true,
    });
    await at(2000);
    expect(lines).toContain('debug [conversation] roster.changed participants=1');
    expect(lines.join()).not.toContain('Jane');
  });

  it('leaves out what is below its level', async () => {
    const { lines, errors, console } = createConsole();
    const { conversation, transport, at } = createHarness({
      logger: consoleLogger({ level: 'error', console }),
    });
    const mistake = new Error('mistake');
    conversation.on('typing.announced', () => {
      throw mistake;
    });
    transport.answer('typing', 'accept', unavailable);
    conversation.keystroke();
    await at(5000);
    expect(lines).toEqual([
      'error [conversation] A callback for "typing.announced" threw; that is ignored, and said once.',
    ]);
    expect(errors).toEqual([mistake]);
  });

  it('refuses a level that does not exist, and a console that cannot write', () => {
    for (const options of [{ level: 'info' }, { console: {} }, { levle: 'warn' }, 'warn']) {
      expect(() => consoleLogger(options as never)).toThrow(
        expect.objectContaining({ code: 'invalid-option' }),
      );
    }
  });
});
