import { EventEmitter } from 'node:events';
import { Client, Conversation } from '@twilio/conversations';

/** What the server says of itself when a client connects. */
const configuration = {
  links: { typing: 'https://twilio.invalid/typing' },
  options: {},
  sync_objects: { my_user_info: 'me', my_conversations: 'mine' },
  identity: 'guest',
};

/** Its connection: never opened; a post is a typing signal. */
class Connection extends EventEmitter {
  constructor(signal) {
    super();
    this.post = async (_url, _headers, body) => {
      await signal(new URLSearchParams(body).get('ChannelSid'));
      return { body: {} };
    };
    this.connect = () => {};
    this.disconnect = async () => {};
    this.isConnected = true;
  }
}

const never = () => new Promise(() => {});

const tooMany = () => Object.assign(new Error('Too many requests'), { status: 429, code: 54_009 });

/** Twilio Conversations: real client and conversations; the post and the write of its connection are replaced. */
export async function make(world) {
  const call = (...args) => world.call(...args).catch(() => Promise.reject(tooMany()));
  const connection = new Connection((id) => call('on', undefined, id));
  const client = new Client('token', {
    disableDeepClone: true,
    twilsockClient: connection,
    transport: connection,
    notificationsClient: Object.assign(new EventEmitter(), { subscribe: never }),
    syncClient: Object.assign(new EventEmitter(), { map: never, list: never, document: never }),
  });
  const { _services: services } = client;
  services.commandExecutor.fetchResource = async () => configuration;
  services.commandExecutor.mutateResource = async (_method, url, body) => {
    await call('read', `m${body.last_read_message_index}`, url.split('/').at(-1));
    return { unread_messages_count: 0 };
  };
  // It waits for objects of the server's that typing and reading do not use; the indicator is made before them.
  void client._initialize();
  while (!services.typingIndicator) await null;

  const open = async (id) => {
    const links = { self: `https://twilio.invalid/${id}`, participants: '', messages: '' };
    const conversation = new Conversation({ channel: id }, id, links, client._configuration, services);
    conversation._subscribeStreams = async () => {};
    return {
      key: () => conversation.typing(),
      // A send tells the typing indicator nothing.
      sent() {},
      cleared() {},
      async read(messageId) {
        const index = Number(messageId.slice(1));
        await conversation.advanceLastReadMessageIndex(index);
        // The server tells an accepted mark back, through an object that is not there.
        conversation._internalState.lastReadMessageIndex = index;
      },
    };
  };
  return {
    how: 'post and write of its connection replaced, never opened; of the server’s objects only what typing and reading use',
    timeToLive: 6000,
    open,
    close() {},
  };
}
