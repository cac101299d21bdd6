import type { Unnoticed } from '../scope.ts';
import { neverOtherwise, reading, theLongWay } from './reasons.ts';

const mergedAnew = 'Saves work: what is not as it was looked at last is merged anew, to the same effect.';
const thrown = 'Throws a step further on, where it is caught to the same effect.';
const blank = 'A record merged with a blank one is the same.';
const cutOff = 'Of a full list the lowest are cut off after that.';
const noNews = 'An empty list is no news to the chart.';
const leftAlone = 'A phase of no name is left alone as well.';

export const inLedgers: readonly Unnoticed[] = [
  ...reading('keptPlaces', theLongWay, 'if (last?.revision === revision) return last.kept;', [
    'last?.revision === revision',
    'false',
  ]),
  ...reading('keptPlaces', theLongWay, 'known.set(places, { revision, kept });', [
    '{ revision, kept }',
    '{}',
  ]),
  ...reading(
    'keptPlaces',
    'Nothing stands above the last, and is passed over.',
    'for (let index = sorted.length - 1; index >= 0 && kept.length < mostPlaces; index -= 1) {',
    ['sorted.length - 1', 'sorted.length + 1'],
  ),
  ...reading(
    'keptPlaces',
    'What is written is cut to as many.',
    'for (let index = sorted.length - 1; index >= 0 && kept.length < mostPlaces; index -= 1) {',
    ['kept.length < mostPlaces', 'true'],
    ['kept.length < mostPlaces', 'kept.length <= mostPlaces'],
  ),
  ...reading(
    'keptPlaces',
    'A document names no other author.',
    "...{ messageId, position, sentAt, author: author === 'own' ? author : null },",
    ["author === 'own'", 'true'],
  ),
  ...reading(
    'keptPlaces',
    'What is not said counts as false, and as nobody.',
    '...{ isGiven: false, isHistory: false, participantId: null },',
    ['{ isGiven: false, isHistory: false, participantId: null }', '{}'],
  ),
  ...reading(
    'keptPlaces',
    'The order takes null for nobody as well.',
    '...(participantId !== null && { participantId }),',
    ['participantId !== null', 'true'],
  ),
  ...reading(
    'keptPlaces',
    'What is told once more keeps its place.',
    'for (const message of again.filter(({ isHistory }) => !isHistory)) anew.note(message);',
    ['again.filter(({ isHistory }) => !isHistory)', 'again'],
  ),
  ...reading(
    'ledgerDocuments',
    mergedAnew,
    'if (this.#last?.[0] === first && this.#last[1] === second) return this.#last[2];',
    ['this.#last?.[0] === first && this.#last[1] === second', 'false'],
  ),
  ...reading('ledgerDocuments', mergedAnew, 'this.#last = [first, second, stored];', [
    '[first, second, stored]',
    '[]',
  ]),
  ...reading(
    'ledgerDocuments',
    mergedAnew,
    'if (this.#last) {',
    ['this.#last', 'false'],
    ['this.#last', 'true'],
  ),
  ...reading(
    'ledgerDocuments',
    mergedAnew,
    'const isFirst = oldest === this.#keys[0];',
    ['oldest === this.#keys[0]', 'true'],
    ['oldest === this.#keys[0]', 'false'],
    ['oldest === this.#keys[0]', 'oldest !== this.#keys[0]'],
  ),
  ...reading(
    'ledgerDocuments',
    mergedAnew,
    'this.#last = isFirst ? [found, second, stored] : [first, found, stored];',
    ['[found, second, stored]', '[]'],
    ['[first, found, stored]', '[]'],
  ),
  ...reading('ledgerDocuments', neverOtherwise, 'if (this.#isAsideTold || trouble === null) return;', [
    'trouble === null',
    'false',
  ]),
  ...reading(
    'ledgerFormat',
    thrown,
    "if (found === null || !Number.isSafeInteger(found.version)) return nothing('unreadable');",
    ['found === null', 'false'],
  ),
  ...reading('ledgerFormat', thrown, "if (!Array.isArray(found.ledgers)) return nothing('unreadable');", [
    '!Array.isArray(found.ledgers)',
    'false',
  ]),
  ...reading(
    'ledgerFormat',
    'Leaving out none leaves all.',
    'let kept = records.length > mostRecords ? withoutSettled(records, records.length - mostRecords) : records;',
    ['records.length > mostRecords', 'records.length >= mostRecords'],
  ),
  ...reading(
    'ledgerFormat',
    'A document with nothing in it is short enough.',
    'if (text.length <= longestDocument || kept.length === 0) return { text, records: written };',
    ['kept.length === 0', 'false'],
  ),
  ...reading(
    'ledgerFormat',
    'Any name does that no guest has.',
    `\`\${conversationId}\\n\${participantId ?? ''}\`;`,
    ["''", '"Stryker was here!"'],
  ),
  ...reading(
    'ledgerFormat',
    'Saves work: nothing is found then that the later list lacks.',
    'if (gone === 0 || (gone !== null && later.length >= mostPlaces)) return later;',
    ['gone === 0 || (gone !== null && later.length >= mostPlaces)', 'false'],
    [
      'gone === 0 || (gone !== null && later.length >= mostPlaces)',
      'gone === 0 && gone !== null && later.length >= mostPlaces',
    ],
    ['gone === 0', 'false'],
    ['gone !== null && later.length >= mostPlaces', 'false'],
    ['later.length >= mostPlaces', 'later.length > mostPlaces'],
  ),
  ...reading(
    'ledgerFormat',
    cutOff,
    'const lowest = later.length < mostPlaces ? -farthest : (later[0]?.position ?? -farthest);',
    ['later.length < mostPlaces', 'true'],
    ['later.length < mostPlaces', 'later.length <= mostPlaces'],
    ['later[0]?.position ?? -farthest', 'later[0]?.position && -farthest'],
    ['later[0]?.position', 'later[0].position'],
    ['-farthest', '+farthest'],
  ),
  ...reading(
    'ledgerFormat',
    cutOff,
    'const more = earlier.filter(({ messageId, position }) => position > lowest && !known.has(messageId));',
    ['position > lowest', 'true'],
    ['position > lowest', 'position >= lowest'],
  ),
  ...reading(
    'ledgerFormat',
    'Nothing goes on with a list that is empty: the places of the earlier one are taken either way.',
    'const gone = later[0] ? earlier.indexOf(later[0]) : -1;',
    ['-1', '+1'],
  ),
  ...reading(
    'ledgerFormat',
    'There the first of the later list stands.',
    'const goesOn = gone >= 0 && earlier.every((place, index) => index < gone || later[index - gone] === place);',
    ['index < gone', 'index <= gone'],
  ),
  ...reading('ledgerFormat', theLongWay, 'if (last?.order === order) return last.text;', [
    'last?.order === order',
    'false',
  ]),
  ...reading(
    'ledgerFormat',
    neverOtherwise,
    'if (found === null || conversationId === null || !isOwned) return { record: null, whole: false };',
    ['found === null', 'false'],
  ),
  ...reading(
    'ledgerFormat',
    'A place without a position is none further down.',
    'if (!Array.isArray(value) || value.length < 2 || value.length > 4) return null;',
    ['value.length < 2', 'false'],
  ),
  ...reading(
    'ledgerFormat',
    neverOtherwise,
    "const isTime = sentAt === null || (typeof sentAt === 'number' && Number.isFinite(sentAt));",
    ["typeof sentAt === 'number'", 'true'],
  ),
  ...reading('ledgerFormat', 'What it throws is caught.', "return check('id', value);", ["'id'", '""']),
  ...reading(
    'ledgerKeeper',
    'Saves work: the marks themselves are compared after that, and none are noted while it is read.',
    'if (store.isLoading || isSame(reads, this.#looked)) return;',
    ['store.isLoading || isSame(reads, this.#looked)', 'false'],
    ['store.isLoading || isSame(reads, this.#looked)', 'store.isLoading && isSame(reads, this.#looked)'],
  ),
  ...reading('ledgerKeeper', theLongWay, 'if (isSame(reads, this.#planned)) return;', [
    'isSame(reads, this.#planned)',
    'false',
  ]),
  ...reading(
    'ledgerKeeper',
    neverOtherwise,
    'return this.#chart?.actor.getSnapshot().context.receipts ?? nothing;',
    ['this.#chart?.actor', 'this.#chart.actor'],
  ),
  ...reading(
    'ledgerKeeper',
    noNews,
    "if (ledgers.length > 0) this.#chart.send({ type: 'ledger.loaded', ledgers, peers });",
    ['ledgers.length > 0', 'true'],
    ['ledgers.length > 0', 'ledgers.length >= 0'],
  ),
  ...reading(
    'ledgerKeeper',
    'No message without an id has a place.',
    'mark.messageId === undefined ? undefined : this.#options.order.find(conversationId, mark.messageId);',
    ['mark.messageId === undefined', 'false'],
  ),
  ...reading(
    'ledgerKeeper',
    'Saves work: what is not newer is no news to the chart.',
    'if (position === undefined || position <= (own.acknowledged?.position ?? Number.NEGATIVE_INFINITY))',
    ['position <= (own.acknowledged?.position ?? Number.NEGATIVE_INFINITY)', 'false'],
    [
      'position <= (own.acknowledged?.position ?? Number.NEGATIVE_INFINITY)',
      'position < (own.acknowledged?.position ?? Number.NEGATIVE_INFINITY)',
    ],
    [
      'own.acknowledged?.position ?? Number.NEGATIVE_INFINITY',
      'own.acknowledged?.position && Number.NEGATIVE_INFINITY',
    ],
  ),
  ...reading('ledgerKeeper', noNews, 'if (news.length === 0) return;', ['news.length === 0', 'false']),
  ...reading('ledgerKeeper', neverOtherwise, "this.#chart?.send({ type: 'ledger.loaded', ledgers: news });", [
    'this.#chart?.send',
    'this.#chart.send',
  ]),
  ...reading('ledgerKeeper', theLongWay, 'const isSame = (one: Reads, other: Reads): boolean =>', [
    '(one: Reads, other: Reads): boolean =>\n  one.ledgers === other.ledgers && one.peers === other.peers',
    '() => undefined',
  ]),
  ...reading(
    'ledgerStore',
    leftAlone,
    "const rest: Phase = { is: phase.is === 'writing' ? 'ready' : 'closed' };",
    ["'closed'", '""'],
  ),
  ...reading(
    'ledgerStore',
    leftAlone,
    "if (phase.is === 'closing') this.#phase = { is: 'closed' };",
    ["{ is: 'closed' }", '{}'],
    ["'closed'", '""'],
  ),
  ...reading(
    'ledgerStore',
    leftAlone,
    "if (phase.is === 'writing') this.#phase = { is: 'given up' };",
    ["{ is: 'given up' }", '{}'],
    ["'given up'", '""'],
  ),
  ...reading(
    'ledgerStore',
    leftAlone,
    "this.#loaded([], { is: 'given up' });",
    ["{ is: 'given up' }", '{}'],
    ["'given up'", '""'],
  ),
  ...reading(
    'ledgerKeeper',
    blank,
    'const known = new Set(read.map(({ conversationId }) => conversationId));',
    ['({ conversationId }) => conversationId', '() => undefined'],
  ),
  ...reading(
    'ledgerKeeper',
    blank,
    '...[...others].filter((id) => !known.has(id)).map((conversationId) => ({ conversationId, ...blank })),',
    ['[...others].filter((id) => !known.has(id))', '[...others]'],
  ),
];
