/** The class that tutorials show: a call for every key, and none that takes it back. */
class TypingIndicator {
  constructor(post) {
    this.post = post;
  }

  async onKey() {
    try {
      await this.post();
    } catch {
      // A tutorial logs it.
    }
  }
}

/** A call for every key. */
export async function make(world) {
  const indicator = new TypingIndicator(() => world.call('on'));
  return {
    how: 'a call for every key, and no stop',
    timeToLive: Number.POSITIVE_INFINITY,
    key: () => indicator.onKey(),
    sent() {},
    cleared() {},
    read: (id) => world.call('read', id).catch(() => {}),
    close() {},
  };
}
