import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Chat } = require('@pubnub/chat');
const { NodeTransport } = require('pubnub/lib/transport/node-transport');
const { PubNubAPIError } = require('pubnub/lib/errors/pubnub-api-error');

/** PubNub Chat: real chat, channels and memberships; the request of its transport is replaced by a small server. */
export async function make(world) {
  const answer = (url, status, body) => ({
    status,
    url,
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(JSON.stringify(body)).buffer,
  });
  const membership = (id, custom = null) => ({
    ...{ channel: { id, type: 'group' }, status: null, type: null, custom },
    ...{ updated: '2026-01-01T00:00:00.000Z', eTag: 'a' },
  });

  /** What a request does at the other side, where it is one that is measured. */
  async function arrive({ path, body, queryParameters }) {
    const text = body ? Buffer.from(body).toString() : '';
    const signal = decodeURIComponent(path).match(/^\/signal\/pub\/sub\/0\/([^/]+)\/0\/(.*)$/);
    if (signal) {
      const told = JSON.parse(signal[2]);
      if (told.type === 'typing') await world.call(told.value ? 'on' : 'off', undefined, signal[1]);
      return [1, 'Sent', '17000000000000000'];
    }
    if (/\/uuids\/guest\/channels$/.test(path)) {
      const [set] = text ? (JSON.parse(text).set ?? []) : [];
      const token = set?.custom?.lastReadMessageTimetoken;
      if (token) await world.call('read', `m${token}`, set.channel.id);
      const asked = /channel\.id == '([^']+)'/.exec(queryParameters?.filter ?? '');
      const id = set?.channel.id ?? asked?.[1];
      return { status: 200, data: [membership(id, set?.custom)], totalCount: 1 };
    }
    const channel = path.match(/\/channels\/([^/?]+)$/);
    if (channel)
      return { status: 200, data: { id: channel[1], name: channel[1], type: 'group', custom: null } };
    return { status: 200, data: { id: 'guest', custom: null } };
  }

  NodeTransport.prototype.makeSendable = (request) => [
    (async () => {
      const url = `${request.origin}${request.path}`;
      let body;
      try {
        body = await arrive(request);
      } catch {
        throw PubNubAPIError.create(
          answer(url, 429, { status: 429, error: true, message: 'Too many requests' }),
        );
      }
      return answer(url, 200, body);
    })(),
    undefined,
  ];

  const chat = await Chat.init({ publishKey: 'pub', subscribeKey: 'sub', userId: 'guest' });
  const open = async (id) => {
    const channel = await chat.getChannel(id);
    const { memberships } = await chat.currentUser.getMemberships({ filter: `channel.id == '${id}'` });
    const [own] = memberships;
    return {
      key: () => channel.startTyping(),
      // Its guide stops on a send and an empty box; a message draft of its own stops for the box alone.
      sent: () => channel.stopTyping(),
      cleared: () => channel.stopTyping(),
      read: (messageId) => own.setLastReadMessageTimetoken(messageId.slice(1)),
    };
  };
  return {
    how: 'makeSendable of its transport replaced (a read is three requests, of which the write counts); the application stops on a send and an empty box, as documented',
    timeToLive: 5000,
    open,
    close() {},
  };
}
