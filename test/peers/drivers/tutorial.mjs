/** The class that tutorials show: a call for every key, and none that takes it back. */
class TypingIndicator {
  constructor(post) {
    this.post = post;
  }

  async onKey() {
    try {
      await this.post('on');
    } catch {
      // A tutorial logs it.
    }
  }

  async onView(messageId) {
    try {
      await this.post('read', messageId);
    } catch {
      // The same.
    }
  }
}

/** A call for every key, and for every message that is seen. */
export async function make(world) {
  const open = async (id) => {
    const indicator = new TypingIndicator((kind, messageId) => world.call(kind, messageId, id));
    return {
      key: () => indicator.onKey(),
      sent() {},
      cleared() {},
      read: (messageId) => indicator.onView(messageId),
    };
  };
  return {
    how: 'a call for every key and every view, and no stop',
    timeToLive: Number.POSITIVE_INFINITY,
    open,
    close() {},
  };
}
