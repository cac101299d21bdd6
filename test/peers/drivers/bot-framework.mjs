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
    let hear = () => {};
    const directLine = {
      activity$: observable(({ next }) => {
        hear = next;
      }),
      connectionStatus$: observable(({ next }) => next(online)),
      // What was posted comes back as an activity: without that a post counts as lost after a while.
      postActivity: (activity) =>
        observable(({ next, error, complete }) => {
          const posted = activity.type === 'typing' ? world.call('on', undefined, id) : Promise.resolve();
          posted.then(
            () => {
              next('sent');
              complete();
              hear({ ...activity, id: 'sent', from: { id: 'guest', role: 'user' } });
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
      // As long as a message is, however long the guest types.
      key: () => type(text.length < 80 ? `${text}x` : 'x'),
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
