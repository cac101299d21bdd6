import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A body as it came: parsed JSON, or `malformed` when it is not JSON. */
type ParsedBody = { malformed: false; value: unknown } | { malformed: true };

/** The body of a request, or undefined when it had none. */
export function bodyOf(request: FastifyRequest): ParsedBody | undefined {
  return request.body as ParsedBody | undefined;
}

/** Makes the server read JSON and the OAuth form, and nothing else. */
export function installParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // Malformed JSON is not refused here: the contract checks the token before it looks at the body.
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: unknown, text: string) => {
      try {
        return { malformed: false, value: text === '' ? {} : JSON.parse(text) } satisfies ParsedBody;
      } catch {
        return { malformed: true } satisfies ParsedBody;
      }
    },
  );
  const form = 'application/x-www-form-urlencoded';
  app.addContentTypeParser(form, { parseAs: 'string' }, async (_request: unknown, text: string) => {
    return { malformed: false, value: Object.fromEntries(new URLSearchParams(text)) } satisfies ParsedBody;
  });
}
