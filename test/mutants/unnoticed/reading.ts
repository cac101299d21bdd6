import type { Unnoticed } from '../scope.ts';
import { at } from './reasons.ts';

const reading = (name: string, code: string, from: string, to: string, why: string): Unnoticed =>
  at(`src/reading/${name}.ts`, code, from, to, why);

const cost = 'Saves work: without it the same is found the long way.';
const leftAlone = 'A phase of no name is left alone as well.';
const narrowed = 'Narrows a type: it is never otherwise here.';
const noNews = 'An empty list is no news to the chart.';
const nowhere = 'No message stands in no conversation.';
const counted = 'Saves work: counted anew, or on from the last answer, it comes to the same.';
const cutLater = 'What is written is cut to as many.';

export const inReading: readonly Unnoticed[] = [
  ...[['{ once: true }', '{}'] as const, ['true', 'false'] as const].map(([from, to]) =>
    reading(
      'keepaliveBudget',
      "signal.addEventListener('abort', free, { once: true });",
      from,
      to,
      'A signal aborts once.',
    ),
  ),
  reading(
    'keepaliveBudget',
    "signal.removeEventListener('abort', free);",
    "'abort'",
    '""',
    'The room is given back once, whoever asks.',
  ),
  reading(
    'keeper',
    'stored: { ledgers: [], peers: [] },',
    '{ ledgers: [], peers: [] }',
    '{}',
    'The chart begins with nothing where it is given nothing.',
  ),
  reading(
    'keeper',
    'isLoading: false,',
    'false',
    'true',
    'What waits for it runs at once here, and finds the same place.',
  ),
  reading(
    'keeper',
    'whenSaved: () => null,',
    '() => null',
    '() => undefined',
    'Asked only whether there is something to wait for.',
  ),
  reading(
    'keptPlaces',
    'if (last?.revision === revision) return last.kept;',
    'last?.revision === revision',
    'false',
    cost,
  ),
  reading('keptPlaces', 'known.set(places, { revision, kept });', '{ revision, kept }', '{}', cost),
  ...[
    ['sorted.length - 1', 'sorted.length + 1', 'Nothing stands above the last, and is passed over.'] as const,
    ['kept.length < mostPlaces', 'true', cutLater] as const,
    ['kept.length < mostPlaces', 'kept.length <= mostPlaces', cutLater] as const,
  ].map(([from, to, why]) =>
    reading(
      'keptPlaces',
      'for (let index = sorted.length - 1; index >= 0 && kept.length < mostPlaces; index -= 1) {',
      from,
      to,
      why,
    ),
  ),
  reading(
    'keptPlaces',
    "...{ messageId, position, sentAt, author: author === 'own' ? author : null },",
    "author === 'own'",
    'true',
    'A document names no other author.',
  ),
  reading(
    'keptPlaces',
    '...{ isGiven: false, isHistory: false, participantId: null },',
    '{ isGiven: false, isHistory: false, participantId: null }',
    '{}',
    'What is not said counts as false, and as nobody.',
  ),
  reading(
    'keptPlaces',
    '...(participantId !== null && { participantId }),',
    'participantId !== null',
    'true',
    'The order takes null for nobody as well.',
  ),
  reading(
    'keptPlaces',
    'for (const message of again.filter(({ isHistory }) => !isHistory)) anew.note(message);',
    'again.filter(({ isHistory }) => !isHistory)',
    'again',
    'What is told once more keeps its place.',
  ),
  reading(
    'ledgerStore',
    "const rest: Phase = { is: phase.is === 'writing' ? 'ready' : 'closed' };",
    "'closed'",
    '""',
    leftAlone,
  ),
  reading(
    'ledgerStore',
    "if (phase.is === 'closing') this.#phase = { is: 'closed' };",
    "{ is: 'closed' }",
    '{}',
    leftAlone,
  ),
  reading(
    'ledgerStore',
    "if (phase.is === 'closing') this.#phase = { is: 'closed' };",
    "'closed'",
    '""',
    leftAlone,
  ),
  ...[
    [
      'if (this.#last?.[0] === first && this.#last[1] === second) return this.#last[2];',
      'this.#last?.[0] === first && this.#last[1] === second',
      'false',
    ] as const,
    ['this.#last = [first, second, stored];', '[first, second, stored]', '[]'] as const,
    ['if (this.#last) {', 'this.#last', 'false'] as const,
    ['if (this.#last) {', 'this.#last', 'true'] as const,
    ['const isFirst = oldest === this.#keys[0];', 'oldest === this.#keys[0]', 'true'] as const,
    ['const isFirst = oldest === this.#keys[0];', 'oldest === this.#keys[0]', 'false'] as const,
    [
      'const isFirst = oldest === this.#keys[0];',
      'oldest === this.#keys[0]',
      'oldest !== this.#keys[0]',
    ] as const,
    [
      'this.#last = isFirst ? [found, second, stored] : [first, found, stored];',
      '[found, second, stored]',
      '[]',
    ] as const,
    [
      'this.#last = isFirst ? [found, second, stored] : [first, found, stored];',
      '[first, found, stored]',
      '[]',
    ] as const,
  ].map(([code, from, to]) =>
    reading(
      'ledgerDocuments',
      code,
      from,
      to,
      'Saves work: what is not as it was looked at last is merged anew, to the same effect.',
    ),
  ),
  reading(
    'ledgerDocuments',
    'if (this.#isAsideTold || trouble === null) return;',
    'trouble === null',
    'false',
    narrowed,
  ),
  ...[
    ['store.isLoading || isSame(reads, this.#looked)', 'false'] as const,
    [
      'store.isLoading || isSame(reads, this.#looked)',
      'store.isLoading && isSame(reads, this.#looked)',
    ] as const,
  ].map(([from, to]) =>
    reading(
      'ledgerKeeper',
      'if (store.isLoading || isSame(reads, this.#looked)) return;',
      from,
      to,
      'Saves work: the marks themselves are compared after that, and none are noted while it is read.',
    ),
  ),
  reading(
    'ledgerKeeper',
    'if (isSame(reads, this.#planned)) return;',
    'isSame(reads, this.#planned)',
    'false',
    cost,
  ),
  reading(
    'ledgerKeeper',
    'return this.#chart?.actor.getSnapshot().context.receipts ?? nothing;',
    'this.#chart?.actor',
    'this.#chart.actor',
    narrowed,
  ),
  ...['true', 'ledgers.length >= 0'].map((to) =>
    reading(
      'ledgerKeeper',
      "if (ledgers.length > 0) this.#chart.send({ type: 'ledger.loaded', ledgers, peers });",
      'ledgers.length > 0',
      to,
      noNews,
    ),
  ),
  reading(
    'ledgerKeeper',
    'mark.messageId === undefined ? undefined : this.#options.order.find(conversationId, mark.messageId);',
    'mark.messageId === undefined',
    'false',
    'No message without an id has a place.',
  ),
  ...[
    ['position <= (own.acknowledged?.position ?? Number.NEGATIVE_INFINITY)', 'false'] as const,
    [
      'position <= (own.acknowledged?.position ?? Number.NEGATIVE_INFINITY)',
      'position < (own.acknowledged?.position ?? Number.NEGATIVE_INFINITY)',
    ] as const,
    [
      'own.acknowledged?.position ?? Number.NEGATIVE_INFINITY',
      'own.acknowledged?.position && Number.NEGATIVE_INFINITY',
    ] as const,
  ].map(([from, to]) =>
    reading(
      'ledgerKeeper',
      'if (position === undefined || position <= (own.acknowledged?.position ?? Number.NEGATIVE_INFINITY))',
      from,
      to,
      'Saves work: what is not newer is no news to the chart.',
    ),
  ),
  reading('ledgerKeeper', 'if (news.length === 0) return;', 'news.length === 0', 'false', noNews),
  reading(
    'ledgerKeeper',
    "this.#chart?.send({ type: 'ledger.loaded', ledgers: news });",
    'this.#chart?.send',
    'this.#chart.send',
    narrowed,
  ),
  reading(
    'ledgerKeeper',
    'const isSame = (one: Reads, other: Reads): boolean =>',
    '(one: Reads, other: Reads): boolean =>\n  one.ledgers === other.ledgers && one.peers === other.peers',
    '() => undefined',
    cost,
  ),
  ...[
    "if (phase.is === 'writing') this.#phase = { is: 'given up' };",
    "this.#loaded([], { is: 'given up' });",
  ].flatMap((code) => [
    reading('ledgerStore', code, "{ is: 'given up' }", '{}', leftAlone),
    reading('ledgerStore', code, "'given up'", '""', leftAlone),
  ]),
  reading(
    'messageOrder',
    'if (order.removed.has(messageId)) return { isNew: false, isPast: true };',
    'false',
    'true',
    'What is past is told as history whether it is new or not.',
  ),
  ...['false', 'other.position < position'].map((to) =>
    reading(
      'messageOrder',
      '(other) => other.position <= position || isSameAuthor(other, facts),',
      'other.position <= position',
      to,
      'Saves work: what stands no higher is no newer one, whoever wrote it.',
    ),
  ),
  reading(
    'messageOrder',
    'return { isNew, isPast: newer !== undefined && newer.position > position };',
    'newer !== undefined',
    'true',
    narrowed,
  ),
  ...[
    ['this.#orders.get(conversationId)?.places', 'this.#orders.get(conversationId).places'] as const,
    [
      'this.#orders.get(conversationId)?.places.find(messageId)?.author',
      'this.#orders.get(conversationId)?.places.find(messageId).author',
    ] as const,
  ].map(([from, to]) =>
    reading(
      'messageOrder',
      "return this.#orders.get(conversationId)?.places.find(messageId)?.author === 'own';",
      from,
      to,
      narrowed,
    ),
  ),
  reading(
    'messageOrder',
    'const places = this.#orders.get(conversationId)?.places.sorted ?? [];',
    '[]',
    '["Stryker was here"]',
    'Nobody wrote that.',
  ),
  reading(
    'persistLedger',
    'const optionNames = namesOf<PersistLedgerOptions>({ key: true });',
    'true',
    'false',
    'Its names alone are asked for.',
  ),
  reading(
    'peerReads',
    '#waiting: readonly WaitingRead[] = [];',
    '[]',
    '["Stryker was here"]',
    'Names no message, and goes first.',
  ),
  reading(
    'peerReads',
    "return this.#take({ conversationId, messageId, participantId: '', isOwn: true });",
    "''",
    '"Stryker was here!"',
    "The guest's own read names nobody.",
  ),
  ...['true', 'due.length >= 0'].map((to) =>
    reading(
      'peerReads',
      'if (due.length > 0) this.#waiting = this.#waiting.filter((frame) => !isTold(frame));',
      'due.length > 0',
      to,
      cost,
    ),
  ),
  reading(
    'readWaiters',
    'if (this.#waiting.length === 0) return;',
    'this.#waiting.length === 0',
    'false',
    cost,
  ),
  reading(
    'readWaiters',
    'this.#waiting = this.#waiting.filter((waiter) => !concerned.includes(waiter));',
    'this.#waiting.filter((waiter) => !concerned.includes(waiter))',
    'this.#waiting',
    'Who is settled is settled once more, to no effect: only memory shows it.',
  ),
  ...[
    [
      "if (place?.author === 'others' && !this.#gone.has(place)) count += 1;",
      'place?.author',
      'place.author',
    ] as const,
    ["if (place?.author !== 'others') return;", 'place?.author', 'place.author'] as const,
    ['if (!message) continue;', '!message', 'false'] as const,
    [
      'const time = this.#sorted[index]?.sentAt ?? null;',
      'this.#sorted[index]?.sentAt',
      'this.#sorted[index].sentAt',
    ] as const,
    [
      "const known = this.#byId.get(messages[index]?.messageId ?? '');",
      'messages[index]?.messageId',
      'messages[index].messageId',
    ] as const,
    ["const known = this.#byId.get(messages[index]?.messageId ?? '');", "''", '"Stryker was here!"'] as const,
    [
      'if (known) return this.#indexFromBelow(messages[last]?.sentAt, this.#indexOf(known) + 1);',
      'messages[last]?.sentAt',
      'messages[last].sentAt',
    ] as const,
    [
      'return this.#indexFromBelow(messages[last]?.sentAt, 0);',
      'messages[last]?.sentAt',
      'messages[last].sentAt',
    ] as const,
  ].map(([code, from, to]) => reading('places', code, from, to, narrowed)),
  ...[
    [
      'for (let index = messages.length - 1; index >= 0; index -= 1) {',
      'messages.length - 1',
      'messages.length + 1',
    ] as const,
    ['for (let index = last - 1; index >= 0; index -= 1) {', 'last - 1', 'last + 1'] as const,
    [
      'for (let index = from; index < this.#sorted.length; index += 1) {',
      'index < this.#sorted.length',
      'index <= this.#sorted.length',
    ] as const,
  ].map(([code, from, to]) =>
    reading('places', code, from, to, 'What stands there is nothing, or not known, and is passed over.'),
  ),
  reading(
    'places',
    'if (this.#sorted[0] === place) this.#sorted.shift();',
    'this.#sorted[0] === place',
    'false',
    cost,
  ),
  reading(
    'places',
    'this.#revision += 1;',
    'this.#revision += 1',
    'this.#revision -= 1',
    'Any other number does.',
  ),
  reading(
    'places',
    'if (time !== null && time > sentAt) break;',
    'time !== null',
    'true',
    'Null is later than no time since 1970.',
  ),
  reading(
    'places',
    'return this.#last?.messageId === above.messageId ? 1 - little : 1 / 2;',
    '1 / 2',
    '1 * 2',
    'Half is tried next.',
  ),
  ...[
    ['if (this.#gone.size === 0) return this.#sorted;', 'this.#gone.size === 0', 'false'] as const,
    [
      'const isKnown = this.remove(place.messageId) !== undefined || this.#isToldAgain(place);',
      'this.remove(place.messageId) !== undefined',
      'this.remove(place.messageId) === undefined',
    ] as const,
    [
      'if (index === this.#sorted.length) this.#sorted.push(place);',
      'index === this.#sorted.length',
      'false',
    ] as const,
    ['if (!counted || place.author === null) return;', '!counted || place.author === null', 'true'] as const,
    ['if (!counted || place.author === null) return;', 'place.author === null', 'false'] as const,
    [
      'if (!counted || place.author === null) return;',
      'place.author === null',
      'place.author !== null',
    ] as const,
    [
      'this.#counted = { after, from, count: count + (isUnread ? 1 : 0) };',
      '{ after, from, count: count + (isUnread ? 1 : 0) }',
      '{}',
    ] as const,
    [
      'if (last?.after === after && last.from === from) return last.count;',
      'last?.after === after && last.from === from',
      'false',
    ] as const,
    ['last?.from === null && from === null', 'from === null', 'true'] as const,
    ['last?.from === null && from === null', 'from === null', 'from !== null'] as const,
    ['last?.from === null && from === null', 'last?.from === null && from === null', 'false'] as const,
    ['this.#counted = { after, from, count };', '{ after, from, count }', '{}'] as const,
  ].map(([code, from, to]) => reading('places', code, from, to, counted)),
  reading(
    'readVerbs',
    'if (keeper.isLoading) keeper.whenLoaded(() => goOnAt(again()));',
    'keeper.isLoading',
    'true',
    'What waits for a storage that was read runs at once, and finds the same place.',
  ),
  reading('readVerbs', 'if (conversationId === null) return;', 'conversationId === null', 'false', nowhere),
  ...[["'messageId'", '""'] as const, ["''", '"Stryker was here!"'] as const].map(([from, to]) =>
    reading(
      'readVerbs',
      "return messageId === undefined || checkMessageId('messageId', messageId) !== '';",
      from,
      to,
      'Asked only whether the check throws.',
    ),
  ),
  reading(
    'reading',
    'return messageId !== undefined && this.#order?.isRemoved(conversationId, messageId) === true;',
    'messageId !== undefined',
    'true',
    'No message without an id is removed.',
  ),
  reading('reading', 'if (conversationId === null) return;', 'conversationId === null', 'false', nowhere),
  reading(
    'reading',
    "if (!this.#chart) throw new Error('Reading has no chart yet.');",
    '!this.#chart',
    'false',
    narrowed,
  ),
  reading(
    'reading',
    "if (!this.#chart) throw new Error('Reading has no chart yet.');",
    "'Reading has no chart yet.'",
    '""',
    narrowed,
  ),
  reading(
    'savingFirst',
    "message: 'The read call was not made: while its mark was stored, something came that bars it.',",
    "'The read call was not made: while its mark was stored, something came that bars it.'",
    '""',
    'The chart asks whether it left, and tells nobody.',
  ),
];
