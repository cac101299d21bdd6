/** What a control route does. `id` is the path's, and `body` parsed JSON; a `TypeError` is answered with 400. */
export type Command = (input: { body: unknown; id: string; query: Record<string, unknown> }) => unknown;

/** Adds a control route. */
export type Route = (method: 'GET' | 'POST' | 'DELETE', url: string, command: Command) => unknown;
