import {
  connect,
  createStore,
  disconnect,
  postActivity,
  setSendBox,
  setSendTypingIndicator,
} from 'botframework-webchat-core';
import { pretendPage } from '../page.mjs';

/** What Direct Line hands out: told at once, or never, and only once. */
const observable = (start) => ({
  subscribe(observer, failed) {
    const next = typeof observer === 'function' ? observer : (value) => observer.next?.(value);
    const error = failed ?? ((problem) => observer.error?.(problem));
    start({ next, error, complete: () => observer.complete?.() });
    return { unsubscribe() {} };
  },
});
const online = 2;

/** Bot Framework Web Chat: its real store and sagas before a Direct Line that is connected and goes nowhere. */
export async function make(world) {
  pretendPage();
  const stores = [];
  const open = async (id) => {
    const directLine = {
      activity$: observable(() => {}),
      connectionStatus$: observable(({ next }) => next(online)),
      postActivity: ({ type }) =>
        observable(({ next, error, complete }) => {
          if (type !== 'typing') return;
          world.call('on', undefined, id).then(
            () => {
              next('sent');
              complete();
            },
            () => error(Object.assign(new Error('Too many requests'), { status: 429 })),
          );
        }),
      end() {},
    };
    const store = createStore();
    stores.push(store);
    store.dispatch(connect({ directLine, userID: 'guest', username: 'guest' }));
    store.dispatch(setSendTypingIndicator(true));
    let text = '';
    const type = (next) => {
      text = next;
      store.dispatch(setSendBox(text));
    };
    return {
      key: () => type(`${text}x`),
      // What its send box does: the message leaves, then the box is emptied.
      sent() {
        store.dispatch(postActivity({ type: 'message', text }));
        type('');
      },
      cleared: () => type(''),
    };
  };
  return {
    how: 'Direct Line replaced; store and sagas are the package’s, with typing indicators switched on',
    timeToLive: 5000,
    open,
    close() {
      for (const store of stores) store.dispatch(disconnect());
    },
  };
}
