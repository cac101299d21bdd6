import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createConversation, guestRest } from 'genesys-conversation-machine';
import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { expect, onTestFinished, test } from 'vitest';
import { tracedTransport } from '../../examples/opentelemetry/tracedTransport.ts';

async function openTraced() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const sandbox = await startSandbox();
  const { conversationId, guestId, guestToken } = sandbox.startConversation();
  const plain = guestRest({ orgUrl: sandbox.url, participantId: guestId, token: guestToken });
  const transport = tracedTransport(plain, provider.getTracer('chat'));
  const conversation = createConversation({ transport, conversationId }).start();
  onTestFinished(async () => {
    conversation.stop();
    await sandbox.close();
  });
  const spans = () =>
    exporter.getFinishedSpans().map(({ name, attributes, status }) => ({ name, attributes, status }));
  return { sandbox, conversation, conversationId, guestToken, spans };
}

test('each attempt is a span, that of a failed one with its code, status and request id, none with a token', async () => {
  const { sandbox, conversation, conversationId, guestToken, spans } = await openTraced();
  sandbox.fault({ lane: 'read', status: 403 });
  conversation.keystroke();
  await expect.poll(spans).toHaveLength(1);
  await conversation.sendMessage('hello');
  await expect(conversation.markAsRead()).rejects.toMatchObject({ code: 'forbidden' });
  const of = { 'genesys.conversation_id': conversationId };
  expect(spans()).toEqual([
    { name: 'typing on', attributes: of, status: { code: 0 } },
    { name: 'message', attributes: of, status: { code: 0 } },
    {
      name: 'read',
      attributes: {
        ...of,
        'error.type': 'forbidden',
        'http.response.status_code': 403,
        'genesys.request_id': expect.stringMatching(/^[\da-f-]{36}$/),
      },
      status: { code: 2, message: 'forbidden' },
    },
  ]);
  expect(JSON.stringify(spans())).not.toContain(guestToken);
});

test('the span of an attempt that was given up ends with it', async () => {
  const { sandbox, conversation, spans } = await openTraced();
  sandbox.fault({ lane: 'typing', action: 'hang' });
  conversation.keystroke();
  await sandbox.waitForCall({ lane: 'typing' }, { timeout: 5000 });
  conversation.stop();
  await expect.poll(spans).toMatchObject([{ name: 'typing on', attributes: { 'error.type': 'aborted' } }]);
});
