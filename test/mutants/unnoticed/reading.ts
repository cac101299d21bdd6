import type { Unnoticed } from '../scope.ts';
import { inLedgers } from './ledgers.ts';
import { neverOtherwise, reading, theLongWay } from './reasons.ts';

const passedOver = 'What stands there is nothing, or not known, and is passed over.';
const counted = 'Saves work: counted anew, or on from the last answer, it comes to the same.';
const nowhere = 'No message stands in no conversation.';

export const inReading: readonly Unnoticed[] = [
  ...inLedgers,
  ...reading(
    'keepaliveBudget',
    'A signal aborts once.',
    "signal.addEventListener('abort', free, { once: true });",
    ['{ once: true }', '{}'],
    ['true', 'false'],
  ),
  ...reading(
    'keepaliveBudget',
    'The room is given back once, whoever asks.',
    "signal.removeEventListener('abort', free);",
    ["'abort'", '""'],
  ),
  ...reading(
    'keeper',
    'The chart begins with nothing where it is given nothing.',
    'stored: { ledgers: [], peers: [] },',
    ['{ ledgers: [], peers: [] }', '{}'],
  ),
  ...reading(
    'keeper',
    'What waits for it runs at once here, and finds the same place.',
    'isLoading: false,',
    ['false', 'true'],
  ),
  ...reading('keeper', 'Asked only whether there is something to wait for.', 'whenSaved: () => null,', [
    '() => null',
    '() => undefined',
  ]),
  ...reading(
    'messageOrder',
    'What is past is told as history whether it is new or not.',
    'if (order.removed.has(messageId)) return { isNew: false, isPast: true };',
    ['false', 'true'],
  ),
  ...reading(
    'messageOrder',
    'Saves work: what stands no higher is no newer one, whoever wrote it.',
    '(other) => other.position <= position || isSameAuthor(other, facts),',
    ['other.position <= position', 'false'],
    ['other.position <= position', 'other.position < position'],
  ),
  ...reading(
    'messageOrder',
    neverOtherwise,
    'return { isNew, isPast: newer !== undefined && newer.position > position };',
    ['newer !== undefined', 'true'],
  ),
  ...reading(
    'messageOrder',
    neverOtherwise,
    "return this.#orders.get(conversationId)?.places.find(messageId)?.author === 'own';",
    ['this.#orders.get(conversationId)?.places', 'this.#orders.get(conversationId).places'],
    [
      'this.#orders.get(conversationId)?.places.find(messageId)?.author',
      'this.#orders.get(conversationId)?.places.find(messageId).author',
    ],
  ),
  ...reading(
    'messageOrder',
    'Nobody wrote that.',
    'const places = this.#orders.get(conversationId)?.places.sorted ?? [];',
    ['[]', '["Stryker was here"]'],
  ),
  ...reading('peerReads', 'Names no message, and goes first.', '#waiting: readonly WaitingRead[] = [];', [
    '[]',
    '["Stryker was here"]',
  ]),
  ...reading(
    'peerReads',
    theLongWay,
    'if (due.length > 0) this.#waiting = this.#waiting.filter((frame) => !isTold(frame));',
    ['due.length > 0', 'true'],
    ['due.length > 0', 'due.length >= 0'],
  ),
  ...reading(
    'persistLedger',
    'Its names alone are asked for.',
    'const optionNames = namesOf<PersistLedgerOptions>({ key: true });',
    ['true', 'false'],
  ),
  ...reading(
    'places',
    neverOtherwise,
    "if (place?.author === 'others' && !this.#gone.has(place)) count += 1;",
    ['place?.author', 'place.author'],
  ),
  ...reading('places', neverOtherwise, "if (place?.author !== 'others') return;", [
    'place?.author',
    'place.author',
  ]),
  ...reading('places', neverOtherwise, 'if (!message) continue;', ['!message', 'false']),
  ...reading('places', neverOtherwise, 'const time = this.#sorted[index]?.sentAt ?? null;', [
    'this.#sorted[index]?.sentAt',
    'this.#sorted[index].sentAt',
  ]),
  ...reading(
    'places',
    neverOtherwise,
    "const known = this.#byId.get(messages[index]?.messageId ?? '');",
    ['messages[index]?.messageId', 'messages[index].messageId'],
    ["''", '"Stryker was here!"'],
  ),
  ...reading(
    'places',
    neverOtherwise,
    'if (known) return this.#indexFromBelow(messages[last]?.sentAt, this.#indexOf(known) + 1);',
    ['messages[last]?.sentAt', 'messages[last].sentAt'],
  ),
  ...reading('places', neverOtherwise, 'return this.#indexFromBelow(messages[last]?.sentAt, 0);', [
    'messages[last]?.sentAt',
    'messages[last].sentAt',
  ]),
  ...reading('places', passedOver, 'for (let index = messages.length - 1; index >= 0; index -= 1) {', [
    'messages.length - 1',
    'messages.length + 1',
  ]),
  ...reading('places', passedOver, 'for (let index = last - 1; index >= 0; index -= 1) {', [
    'last - 1',
    'last + 1',
  ]),
  ...reading('places', passedOver, 'for (let index = from; index < this.#sorted.length; index += 1) {', [
    'index < this.#sorted.length',
    'index <= this.#sorted.length',
  ]),
  ...reading('places', theLongWay, 'if (this.#sorted[0] === place) this.#sorted.shift();', [
    'this.#sorted[0] === place',
    'false',
  ]),
  ...reading('places', 'Any other number does.', 'this.#revision += 1;', [
    'this.#revision += 1',
    'this.#revision -= 1',
  ]),
  ...reading(
    'places',
    'Null is later than no time since 1970.',
    'if (time !== null && time > sentAt) break;',
    ['time !== null', 'true'],
  ),
  ...reading(
    'places',
    'Half is tried next.',
    'return this.#last?.messageId === above.messageId ? 1 - little : 1 / 2;',
    ['1 / 2', '1 * 2'],
  ),
  ...reading('places', counted, 'if (this.#gone.size === 0) return this.#sorted;', [
    'this.#gone.size === 0',
    'false',
  ]),
  ...reading(
    'places',
    counted,
    'const isKnown = this.remove(place.messageId) !== undefined || this.#isToldAgain(place);',
    ['this.remove(place.messageId) !== undefined', 'this.remove(place.messageId) === undefined'],
  ),
  ...reading(
    'places',
    counted,
    'const counted = isKnown || this.#forgotten.length === mostForgotten ? null : this.#counted;',
    ['isKnown || this.#forgotten.length === mostForgotten', 'true'],
  ),
  ...reading('places', counted, 'if (index === this.#sorted.length) this.#sorted.push(place);', [
    'index === this.#sorted.length',
    'false',
  ]),
  ...reading(
    'places',
    counted,
    'if (!counted || place.author === null) return;',
    ['!counted || place.author === null', 'true'],
    ['place.author === null', 'false'],
    ['place.author === null', 'place.author !== null'],
  ),
  ...reading('places', counted, 'this.#counted = { after, from, count: count + (isUnread ? 1 : 0) };', [
    '{ after, from, count: count + (isUnread ? 1 : 0) }',
    '{}',
  ]),
  ...reading('places', counted, 'if (last?.after === after && last.from === from) return last.count;', [
    'last?.after === after && last.from === from',
    'false',
  ]),
  ...reading(
    'places',
    counted,
    'last?.from === null && from === null',
    ['from === null', 'true'],
    ['from === null', 'from !== null'],
    ['last?.from === null && from === null', 'false'],
  ),
  ...reading('places', counted, 'this.#counted = { after, from, count };', ['{ after, from, count }', '{}']),
  ...reading(
    'readVerbs',
    'What waits for a storage that was read runs at once, and finds the same place.',
    'if (keeper.isLoading) keeper.whenLoaded(() => goOnAt(again()));',
    ['keeper.isLoading', 'true'],
  ),
  ...reading('readVerbs', nowhere, 'if (conversationId === null) return;', [
    'conversationId === null',
    'false',
  ]),
  ...reading(
    'readVerbs',
    'Asked only whether the check throws.',
    "return messageId === undefined || checkMessageId('messageId', messageId) !== '';",
    ["'messageId'", '""'],
    ["''", '"Stryker was here!"'],
  ),
  ...reading(
    'readWaiters',
    'Who is settled is settled once more, to no effect: only memory shows it.',
    'this.#waiting = this.#waiting.filter((waiter) => !concerned.includes(waiter));',
    ['this.#waiting.filter((waiter) => !concerned.includes(waiter))', 'this.#waiting'],
  ),
  ...reading(
    'reading',
    'No message without an id is removed.',
    'return messageId !== undefined && this.#order?.isRemoved(conversationId, messageId) === true;',
    ['messageId !== undefined', 'true'],
  ),
  ...reading('reading', nowhere, 'if (conversationId === null) return;', [
    'conversationId === null',
    'false',
  ]),
  ...reading(
    'reading',
    neverOtherwise,
    "if (!this.#chart) throw new Error('Reading has no chart yet.');",
    ['!this.#chart', 'false'],
    ["'Reading has no chart yet.'", '""'],
  ),
  ...reading(
    'reading',
    "The guest's own read names nobody.",
    "this.#peerReads.take({ conversationId, messageId, participantId: '' }, true);",
    ["''", '"Stryker was here!"'],
  ),
  ...reading(
    'savingFirst',
    'The chart asks whether it left, and tells nobody.',
    "message: 'The read call was not made: while its mark was stored, something came that bars it.',",
    ["'The read call was not made: while its mark was stored, something came that bars it.'", '""'],
  ),
];
