import { type Attributes, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { isConversationError, type Transport } from 'genesys-conversation-machine';

/**
 * The same transport, with a span for each attempt that leaves: how long it took, and of one that failed its code,
 * status and request id. Give one such transport to all conversations of a guest, as you would the transport itself.
 * A span holds ids; never a token, an address or a text.
 */
export function tracedTransport<T extends Transport>(transport: T, tracer: Tracer): T {
  const spanned = <R>(
    name: string,
    attributes: Attributes,
    signal: AbortSignal | undefined,
    attempt: () => Promise<R>,
  ) =>
    tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
      // An attempt that the chart gave up need not settle: its span ends with the chart's patience.
      signal?.addEventListener('abort', () => span.setAttribute('error.type', 'aborted').end(), {
        once: true,
      });
      try {
        return await attempt();
      } catch (error) {
        const { code = 'unexpected', status, requestId } = isConversationError(error) ? error : {};
        span.setAttributes({
          'error.type': code,
          ...(status !== undefined && { 'http.response.status_code': status }),
          ...(requestId !== undefined && { 'genesys.request_id': requestId }),
        });
        span.setStatus({ code: SpanStatusCode.ERROR, message: code });
        throw error;
      } finally {
        if (!signal?.aborted) span.end();
      }
    });
  const of = (conversationId: string | undefined): Attributes => ({
    'genesys.conversation_id': conversationId,
  });
  const traced: Partial<Transport> = {
    sendTyping: (call, options) =>
      spanned(call.isTyping ? 'typing on' : 'typing off', of(call.conversationId), options.signal, () =>
        transport.sendTyping(call, options),
      ),
    sendRead: (call, options) =>
      spanned('read', of(call.conversationId), options.signal, () => transport.sendRead(call, options)),
  };
  const send = transport.sendMessage;
  if (send) {
    traced.sendMessage = (text, options) =>
      spanned('message', of(options.conversationId), options.signal, () => send(text, options));
  }
  return Object.create(transport, Object.getOwnPropertyDescriptors(traced));
}
