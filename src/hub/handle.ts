import { type LateVerb, lateVerbs } from '../conversation/parts.ts';
import type { HubConversation } from './types.ts';

/** What is behind a handle. */
export interface Told
  extends Pick<HubConversation, 'id' | 'isAwake' | 'unread' | 'getSnapshot' | 'on' | 'leave' | 'stop'> {
  keystroke(at: number | undefined): void;
  /** Tells a verb, with what it was given. */
  tell(name: LateVerb, given: readonly unknown[]): unknown;
}

/** The verbs that mean the same in every conversation; what is listened to is the record's own, and `open` is no question. */
const told = lateVerbs.filter((name) => name !== 'on' && name !== 'open');

/** The handle of one conversation of a hub. Its verbs need no `this`, and it holds nothing but the record. */
export class HubHandle {
  readonly #record: Told;

  constructor(record: Told) {
    this.#record = record;
  }

  static {
    const verb = (name: string, of: (record: Told) => unknown): void => {
      const get = function get(this: HubHandle): unknown {
        return of(this.#record);
      };
      Object.defineProperty(HubHandle.prototype, name, { enumerable: true, get });
    };
    for (const name of told)
      verb(
        name,
        (record) =>
          (...given: unknown[]) =>
            record.tell(name, given),
      );
    verb('open', (record) => () => record.tell('open', [record.id]));
    verb('id', ({ id }) => id);
    verb('isAwake', ({ isAwake }) => isAwake);
    verb('unread', ({ unread }) => unread);
    verb('getSnapshot', (record) => () => record.getSnapshot());
    verb('keystroke', (record) => (at?: number) => record.keystroke(at));
    verb('on', (record) => record.on.bind(record));
    verb('leave', (record) => () => record.leave());
    verb('stop', (record) => () => record.stop());
  }
}
