import type { WebSocketConstructor } from 'genesys-conversation-machine';
import { createScriptedGenesys, type ScriptedSocket } from 'genesys-conversation-machine/testing';
import type { Settlements } from './settlements.ts';

/**
 * A messenger behind a network in which each frame and each answer settles as the scheduler draws. What one socket
 * carries one way comes in order, except for frames that the script has come twice, or after the next one.
 */
export function createWire({ clock, later }: Settlements, latency: number) {
  /** What it is that is being sent. */
  let lane: string | null = null;
  const within = <Result>(name: string, work: () => Result): Result => {
    const before = lane;
    lane = name;
    try {
      return work();
    } finally {
      lane = before;
    }
  };
  const genesys = createScriptedGenesys({
    latency,
    clock: {
      ...clock,
      setTimeout: (work, ms) => {
        // What nobody asked for goes down the newest socket.
        const name = lane ?? `down ${genesys.sockets.length}`;
        const answer = name.replace('up', 'down');
        later(name, ms, () => within(answer, work), name === 'get' ? undefined : name);
        return null;
      },
    },
  });
  const fate = { twice: 0, swap: 0 };
  let held: (() => void) | null = null;
  const webSocket = new Proxy(genesys.webSocket, {
    construct: (Real, given: ConstructorParameters<WebSocketConstructor>) => {
      const socket = new Real(...given) as unknown as ScriptedSocket & InstanceType<WebSocketConstructor>;
      const up = `up ${genesys.sockets.length}`;
      const [send, close, receive] = [
        socket.send.bind(socket),
        socket.close.bind(socket),
        socket.receive.bind(socket),
      ];
      socket.send = (data) => within(up, () => send(data));
      socket.close = (...how) => within(up, () => close(...how));
      socket.receive = (frame) => {
        if (fate.swap > 0 && !held) {
          fate.swap -= 1;
          held = () => {
            if (socket.readyState === 1) receive(frame);
          };
          return;
        }
        receive(frame);
        const [late, isAgain] = [held, fate.twice > 0];
        held = null;
        late?.();
        if (isAgain) {
          fate.twice -= 1;
          if (socket.readyState === 1) receive(frame);
        }
      };
      return socket;
    },
  });
  return {
    genesys,
    webSocket,
    fetch: ((...given) => within('get', () => genesys.fetch(...given))) satisfies typeof fetch,
    fate,
    /** From here on each frame comes once, and in order. */
    release: (): void => {
      Object.assign(fate, { twice: 0, swap: 0 });
      held?.();
      held = null;
    },
  };
}
