import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';

/**
 * A `fetch` that asks `mayLeave` at the last moment, when the connection is there and before a byte is written; it rejects where the
 * request may not leave, and calls `onLeave` where it does: what fails before that has surely not arrived. A process that is put to sleep while it connects goes on with the connection when it wakes, before any
 * timer of its own has said that it is too late.
 */
export function fetchIf(mayLeave: () => boolean, onLeave: () => void): typeof fetch {
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const url = new URL(String(input));
      const isSecure = url.protocol === 'https:';
      const outgoing = (isSecure ? overHttps : overHttp)(url, {
        method: init.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init.headers)),
        ...(init.signal != null && { signal: init.signal }),
      });
      outgoing.once('error', reject);
      outgoing.once('socket', (socket) => {
        const leave = (): void => {
          if (mayLeave()) {
            onLeave();
            outgoing.end(init.body ?? undefined);
          } else outgoing.destroy(new Error('The call may not leave any more.'));
        };
        if (socket.connecting) socket.once(isSecure ? 'secureConnect' : 'connect', leave);
        else leave();
      });
      outgoing.once('response', async (incoming) => {
        try {
          const chunks = await incoming.toArray();
          const status = incoming.statusCode ?? 0;
          const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
            name,
            String(value),
          ]);
          const hasBody = status !== 204 && status !== 304;
          resolve(new Response(hasBody ? Buffer.concat(chunks) : null, { status, headers }));
        } catch (error) {
          reject(error);
        }
      });
    });
}
