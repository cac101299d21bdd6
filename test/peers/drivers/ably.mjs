import { ChatClient } from '@ably/chat';
import { Realtime } from 'ably';

/** Ably Chat: real client and rooms on a connection that is never opened but says it is; the publish is replaced. */
export async function make(world) {
  const realtime = new Realtime({
    key: 'app.key:secret',
    clientId: 'guest',
    autoConnect: false,
    logLevel: 0,
  });
  realtime.connection.state = 'connected';
  const client = new ChatClient(realtime, { logLevel: 'silent' });
  Object.defineProperty(client.connection, 'status', { get: () => 'connected' });
  Object.defineProperty(client.connection, '_status', { value: 'connected', writable: true });

  const open = async (id) => {
    const room = await client.rooms.get(id);
    room.channel.publish = async ({ name }) => {
      try {
        await world.call(name === 'typing.started' ? 'on' : 'off', undefined, id);
      } catch {
        throw Object.assign(new Error('Rate limit exceeded'), { code: 42911, statusCode: 429 });
      }
    };
    return {
      key: () => room.typing.keystroke(),
      // The vendor's guide tells the application to stop in both cases.
      sent: () => room.typing.stop(),
      cleared: () => room.typing.stop(),
    };
  };
  return {
    how: 'channel.publish replaced, the connection said to be connected; the application stops on a send and an empty box, as documented',
    timeToLive: 12_000,
    open,
    close: () => realtime.close(),
  };
}
