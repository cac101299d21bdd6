import type { Mark, PeerRead, StorageTrouble, StoredLedger } from '../../machines/conversation/types.ts';
import { checkId, checkMessageId } from '../shared/validate.ts';
import { type KeptPlace, mostPlaces } from './keptPlaces.ts';

/** What is stored of one conversation: its marks, and the places of its messages that arrival alone gave. */
export interface LedgerRecord extends StoredLedger {
  /** The guest whose marks these are; nobody else reports them. `null` where the transport does not say. */
  readonly participantId: string | null;
  readonly order: readonly KeptPlace[];
  /** How far others have read. */
  readonly peers: readonly Omit<PeerRead, 'conversationId'>[];
}

/** What was found under one key. */
export interface FoundLedgers {
  /** Greater is newer, of the two keys that are written in turn. */
  readonly revision: number;
  readonly records: readonly LedgerRecord[];
  /** What is wrong with it; what of it is right was taken nevertheless. */
  readonly trouble: StorageTrouble['reason'] | null;
}

/** The version written into every document. */
const version = 1;
/** Most conversations in a document. */
const mostRecords = 200;
/** Most people of a conversation whose reads are remembered; who read least recently goes first. */
const mostPeers = 50;
/** Longest document, UTF-16 units: what Web Storage counts its quota in. */
const longestDocument = 256 * 1024;

/** Positions beyond it leave no room for newer ones. */
const farthest = 2 ** 52;

const nothing = (trouble: FoundLedgers['trouble']): FoundLedgers => ({ revision: 0, records: [], trouble });

/**
 * Reads a document, as text or already parsed. Total: every field is looked at by itself and copied by name
 * (S12); what is wrong is left out and said.
 */
export function readDocument(raw: unknown): FoundLedgers {
  if (raw === null || raw === undefined) return nothing(null);
  try {
    if (typeof raw === 'string' && raw.length > 2 * longestDocument) return nothing('too-large');
    const found = fieldsOf(typeof raw === 'string' ? JSON.parse(raw) : raw);
    if (found === null || !Number.isSafeInteger(found.version)) return nothing('unreadable');
    if (found.version !== version) return nothing('unknown-version');
    if (!Array.isArray(found.ledgers)) return nothing('unreadable');
    const taken = found.ledgers.slice(-mostRecords).map(readRecord);
    const records = taken.map(({ record }) => record).filter((record) => record !== null);
    const isWhole = taken.every(({ whole }) => whole) && isRevision(found.revision);
    const isTooMany = found.ledgers.length > mostRecords;
    return {
      revision: isRevision(found.revision) ? found.revision : 0,
      records: mergeRecords(records),
      trouble: isTooMany ? 'too-large' : isWhole ? null : 'unreadable',
    };
  } catch {
    return nothing('unreadable');
  }
}

/** A document: its text, and what reading it would find. */
export interface WrittenDocument {
  readonly text: string;
  readonly records: readonly LedgerRecord[];
}

/** Writes a document that stays within {@link longestDocument}: message places go first, then ledgers with nothing due. */
export function writeDocument(
  records: readonly LedgerRecord[],
  revision: number,
  orders = new OrderTexts(),
): WrittenDocument {
  let kept = records.length > mostRecords ? withoutSettled(records, records.length - mostRecords) : records;
  for (let places = mostPlaces; ; places = Math.floor(places / 2)) {
    const written = kept.map((record) => ({
      ...record,
      order: atMost(places, record.order),
      peers: places > 0 ? atMost(mostPeers, record.peers) : [],
    }));
    const text = `{"version":${version},"revision":${revision},"ledgers":[${written.map((record) => writeRecord(record, orders)).join()}]}`;
    if (text.length <= longestDocument || kept.length === 0) return { text, records: written };
    if (places === 0) kept = withoutSettled(kept, Math.ceil(kept.length / 10));
  }
}

/** One list of two or more: per conversation the greatest of each mark. Those of the later lists stand first in doubt. */
export function mergeRecords(...lists: readonly (readonly LedgerRecord[])[]): readonly LedgerRecord[] {
  const all = new Map<string, LedgerRecord>();
  for (const record of lists.flat()) {
    const key = keyOf(record);
    const known = all.get(key);
    all.delete(key);
    all.set(key, known ? mergeTwo(known, record) : record);
  }
  return [...all.values()];
}

const keyOf = ({ conversationId, participantId }: LedgerRecord): string =>
  `${conversationId}\n${participantId ?? ''}`;

function mergeTwo(earlier: LedgerRecord, later: LedgerRecord): LedgerRecord {
  return {
    conversationId: later.conversationId,
    participantId: later.participantId,
    seen: greater(later.seen, earlier.seen),
    acknowledged: greater(later.acknowledged, earlier.acknowledged),
    refused: greatest(later.refused, earlier.refused),
    over: later.over,
    order: mergeOrders(earlier.order, later.order),
    peers: mergePeers(earlier.peers, later.peers),
  };
}

/** All places of both, the newest of them; those of the later list itself where the earlier one has no more. */
function mergeOrders(earlier: readonly KeptPlace[], later: readonly KeptPlace[]): readonly KeptPlace[] {
  const gone = goneFrom(earlier, later);
  if (gone === 0 || (gone !== null && later.length >= mostPlaces)) return later;
  const known = new Set(later.map(({ messageId }) => messageId));
  const lowest = later.length < mostPlaces ? -farthest : (later[0]?.position ?? -farthest);
  const more = earlier.filter(({ messageId, position }) => position > lowest && !known.has(messageId));
  if (more.length === 0) return later;
  const all = [...more, ...later].sort((one, other) => one.position - other.position);
  return atMost(mostPlaces, all);
}

/** How many are gone at the beginning of a list that goes on with an earlier one; `null` where it does not. */
function goneFrom(earlier: readonly KeptPlace[], later: readonly KeptPlace[]): number | null {
  const gone = later[0] ? earlier.indexOf(later[0]) : -1;
  const goesOn = gone >= 0 && earlier.every((place, index) => index < gone || later[index - gone] === place);
  return goesOn ? gone : null;
}

/** Per person the greatest of what was read. */
function mergePeers(...lists: readonly LedgerRecord['peers'][]): LedgerRecord['peers'] {
  const all = new Map<string, LedgerRecord['peers'][number]>();
  for (const peer of lists.flat()) {
    const known = all.get(peer.participantId);
    all.delete(peer.participantId);
    all.set(peer.participantId, known && known.mark.position >= peer.mark.position ? known : peer);
  }
  return [...all.values()].slice(-mostPeers);
}

/** The last of a list; the list itself where it is not longer, so that it is known again. */
const atMost = <T>(count: number, list: readonly T[]): readonly T[] =>
  list.length <= count ? list : count > 0 ? list.slice(-count) : [];

/** One record as JSON. */
function writeRecord(record: LedgerRecord, orders: OrderTexts): string {
  const { conversationId, participantId, seen, acknowledged, refused, over, order, peers } = record;
  const marks = JSON.stringify({
    conversationId,
    ...(participantId !== null && { participantId }),
    seen,
    acknowledged,
    refused,
    ...(over && { over }),
    ...(peers.length > 0 && { peers }),
  });
  return order.length > 0 ? `${marks.slice(0, -1)},"order":[${orders.of(record)}]}` : marks;
}

/**
 * Places as JSON: most of a document, and most of them are those of the last one. What was written is not written anew.
 */
export class OrderTexts {
  readonly #last = new Map<string, { readonly order: readonly KeptPlace[]; readonly text: string }>();

  of(record: LedgerRecord): string {
    const { order } = record;
    const last = this.#last.get(keyOf(record));
    if (last?.order === order) return last.text;
    const gone = last ? goneFrom(last.order, order) : null;
    const text =
      last && gone !== null
        ? last.text.slice(lengthOf(last.order.slice(0, gone))) +
          order
            .slice(last.order.length - gone)
            .map((place) => `,${textOf(place)}`)
            .join('')
        : order.map(textOf).join();
    this.#last.set(keyOf(record), { order, text });
    return text;
  }
}

const textOf = (place: KeptPlace): string => JSON.stringify(writePlace(place));

/** Of places that others follow, the commas included. */
const lengthOf = (order: readonly KeptPlace[]): number =>
  order.reduce((sum, place) => sum + textOf(place).length + 1, 0);

/** `[id, position]`, with the time behind it where it is known, and a 1 where the guest wrote it. */
function writePlace({ messageId, position, sentAt, author }: KeptPlace): readonly unknown[] {
  if (author === 'own') return [messageId, position, sentAt, 1];
  return sentAt === null ? [messageId, position] : [messageId, position, sentAt];
}

const greater = (one: Mark | null, other: Mark | null): Mark | null =>
  one === null || (other !== null && other.position > one.position) ? other : one;

const greatest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);

/** Leaves out some ledgers: those with nothing due before those with something, older ones first. */
function withoutSettled(records: readonly LedgerRecord[], count: number): readonly LedgerRecord[] {
  const isDue = ({ seen, acknowledged }: LedgerRecord) =>
    (seen?.position ?? -farthest) > (acknowledged?.position ?? -farthest);
  const gone = new Set(
    [...records.filter((record) => !isDue(record)), ...records.filter(isDue)].slice(0, count),
  );
  return records.filter((record) => !gone.has(record));
}

interface Taken {
  readonly record: LedgerRecord | null;
  readonly whole: boolean;
}

function readRecord(value: unknown): Taken {
  const found = fieldsOf(value);
  const conversationId = readId(found?.conversationId);
  const participantId = found?.participantId === undefined ? null : readId(found.participantId);
  const isOwned = found?.participantId === undefined || participantId !== null;
  if (found === null || conversationId === null || !isOwned) return { record: null, whole: false };
  const seen = readMark(found.seen);
  const claimed = readMark(found.acknowledged);
  const isBeyond = claimed !== null && claimed.position > (seen?.position ?? -farthest);
  const refused = found.refused === null || isPosition(found.refused) ? (found.refused ?? null) : undefined;
  const order = Array.isArray(found.order) ? found.order.slice(-mostPlaces).map(readPlace) : [];
  const places = order.filter((place) => place !== null);
  const heard = Array.isArray(found.peers) ? found.peers.slice(-mostPeers).map(readPeer) : [];
  const peers = heard.filter((peer) => peer !== null);
  const whole =
    (seen !== null || found.seen === null) &&
    (claimed !== null || found.acknowledged === null) &&
    !isBeyond &&
    refused !== undefined &&
    (found.over === undefined || typeof found.over === 'boolean') &&
    (found.order === undefined || Array.isArray(found.order)) &&
    (found.peers === undefined || Array.isArray(found.peers)) &&
    peers.length === heard.length &&
    places.length === order.length;
  return {
    record: {
      conversationId,
      participantId,
      seen,
      acknowledged: isBeyond ? null : claimed,
      refused: refused ?? null,
      over: found.over === true,
      order: places,
      peers,
    },
    whole,
  };
}

function readMark(value: unknown): Mark | null {
  const found = fieldsOf(value);
  if (found === null || !isPosition(found.position)) return null;
  if (found.messageId === undefined) return { position: found.position };
  const messageId = readId(found.messageId, checkMessageId);
  return messageId === null ? null : { position: found.position, messageId };
}

function readPlace(value: unknown): KeptPlace | null {
  if (!Array.isArray(value) || value.length < 2 || value.length > 4) return null;
  const [id, position, sentAt = null, own = 0] = value as readonly unknown[];
  const messageId = readId(id, checkMessageId);
  const isTime = sentAt === null || (typeof sentAt === 'number' && Number.isFinite(sentAt));
  if (messageId === null || !isPosition(position) || !isTime || (own !== 0 && own !== 1)) return null;
  return { messageId, position, sentAt, author: own === 1 ? 'own' : null };
}

function readPeer(value: unknown): LedgerRecord['peers'][number] | null {
  const found = fieldsOf(value);
  const participantId = readId(found?.participantId);
  const mark = readMark(found?.mark);
  return participantId === null || mark === null ? null : { participantId, mark };
}

function readId(value: unknown, check: typeof checkId = checkId): string | null {
  try {
    return check('id', value);
  } catch {
    return null;
  }
}

/** A place between two others need not be a whole number. */
const isPosition = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= farthest;

const isRevision = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** An object's own fields to read one by one; `null` for what is no plain object. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(fieldNames.map((name) => [name, ownField(value, name)]));
}

const fieldNames = [
  'version',
  'revision',
  'ledgers',
  'conversationId',
  'participantId',
  'seen',
  'acknowledged',
  'refused',
  'over',
  'order',
  'position',
  'messageId',
  'peers',
  'mark',
];

const ownField = (value: object, name: string): unknown =>
  Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
