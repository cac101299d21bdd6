import { StreamChat } from 'stream-chat';

const settings = { typing_events: true, read_events: true };

/** Stream: real client and channels; its HTTP adapter is replaced, and its socket said to be healthy. */
export async function make(world) {
  const client = new StreamChat('key');
  client.logger = () => {};
  await client.tokenManager.setTokenOrProvider(client.devToken('guest'), { id: 'guest' });
  client._setUser({ id: 'guest' });
  client.wsConnection = { isHealthy: true };
  client._startCleaning();
  client.axiosInstance.defaults.adapter = async (config) => {
    const { event } = JSON.parse(config.data ?? '{}');
    const conversation = decodeURIComponent(config.url).split('/').at(-2);
    const kind = config.url.endsWith('/read') ? 'read' : event?.type === 'typing.stop' ? 'off' : 'on';
    const answer = (status) => ({ status, data: {}, headers: {}, config, statusText: '' });
    try {
      await world.call(kind, undefined, conversation);
    } catch {
      const error = Object.assign(new Error('Too many requests'), { response: answer(429), config });
      throw error;
    }
    return answer(200);
  };

  const open = async (id) => {
    const channel = client.channel('messaging', id);
    channel.initialized = true;
    channel.data = { own_capabilities: ['read-events', 'typing-events'] };
    client.configs[channel.cid] = settings;
    return {
      key: () => channel.keystroke(),
      // What the vendor's submit handler for React does.
      sent: () => channel.stopTyping().catch(() => {}),
      cleared() {},
      read: () => channel.markRead(),
      readThrottled: () => client.messageDeliveryReporter.throttledMarkRead(channel),
    };
  };
  return {
    how: 'axios adapter replaced, socket said to be healthy, its 500 ms sweep runs; a send stops typing as its React layer does',
    timeToLive: 7000,
    open,
    close: () => clearInterval(client.cleaningIntervalRef),
  };
}
