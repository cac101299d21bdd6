import { parseJson } from '../shared/json.ts';
import type { WebSocketConstructor } from '../shared/platformSocket.ts';
import type { TraceMoment } from '../shared/traceFile.ts';
import type { PlainValues } from './plainValues.ts';

/** A moment before it is known when it was. */
export type Unstamped<Moment> = Moment extends unknown ? Omit<Moment, 'at'> : never;
/** Writes down what happens now. */
export type Write = (moment: Unstamped<TraceMoment>) => void;

/** A socket, as far as a recorder looks at one. */
interface Listening {
  addEventListener(
    type: string,
    listener: (event: { readonly data?: unknown; readonly code?: number }) => void,
  ): void;
}

/** A constructor whose sockets are written down, with every frame of theirs. */
export function recordedSocket(
  Socket: WebSocketConstructor,
  write: Write,
  values: PlainValues,
): WebSocketConstructor {
  let made = 0;
  return new Proxy(Socket, {
    construct: (Real, given: ConstructorParameters<WebSocketConstructor>) => {
      made += 1;
      const socket = made;
      write({ kind: 'socket', socket, what: 'made' });
      const real = new Real(...given) as unknown as Listening & InstanceType<WebSocketConstructor>;
      const [send, close] = [real.send.bind(real), real.close.bind(real)];
      real.send = (data) => {
        send(data);
        write({ kind: 'frame', socket, way: 'out', frame: values.of(parseJson(data)) });
      };
      real.close = (...how) => {
        write({ kind: 'socket', socket, what: 'closed' });
        close(...how);
      };
      real.addEventListener('open', () => write({ kind: 'socket', socket, what: 'opened' }));
      real.addEventListener('message', ({ data }) => {
        const frame = typeof data === 'string' ? (parseJson(data) ?? '(no JSON)') : '(no text)';
        write({ kind: 'frame', socket, way: 'in', frame: values.of(frame) });
      });
      real.addEventListener('close', ({ code }) =>
        write({ kind: 'socket', socket, what: 'ended', code: code ?? 1006 }),
      );
      return real;
    },
  });
}
