import { callsIn, type TracedCall } from '../callsIn.ts';
import type { ConversationTrace } from '../types.ts';
import { escaped, inRows, secondsText, widthOfText } from './parts.ts';
import { burstsIn, inputsIn, litSpans, type Span, type Wait, waitsIn } from './spans.ts';

/** Height of one row of a lane, px. */
export const row = 22;

/** A lane, drawn from its own top. */
export interface Lane {
  readonly name: string;
  readonly rows: number;
  readonly marks: readonly string[];
}

/** The time that is drawn, and where its parts are. */
export interface Scene {
  /** Where a time stands, px. */
  readonly x: (at: number) => number;
  /** Where a stretch of time begins, and how wide it is, px. */
  readonly clip: (span: Span) => { left: number; width: number };
  /** Whether any of it is drawn. */
  readonly isSeen: (span: Span) => boolean;
  /** End of the recording, ms. */
  readonly until: number;
  /** Where the picture ends, px. */
  readonly right: number;
}

/** The lanes of a trace from the guest to what is waited for; those without a row have nothing in them. */
export function lanesOf(trace: ConversationTrace, scene: Scene): readonly Lane[] {
  const calls = callsIn(trace);
  const waits = waitsIn(trace).filter(scene.isSeen);
  const callsOf = (name: string, of: TracedCall['lane']): Lane =>
    callLane(name, calls.filter(({ lane }) => lane === of), scene); // biome-ignore format: one line
  const waitsOf = (name: string, of: Wait['lane']): Lane =>
    waitLane(name, waits.filter(({ lane }) => lane === of), scene); // biome-ignore format: one line
  return [
    guestLane(trace, scene),
    litLane(trace, scene),
    callsOf('typing calls', 'typing'),
    callsOf('read calls', 'read'),
    callsOf('token', 'token'),
    waitsOf('typing waits', 'typing'),
    waitsOf('reading waits', 'read'),
  ];
}

/** What the bar of a wait says. */
const waitNames: Readonly<Record<Wait['kind'], string>> = {
  silence: 'until silence',
  spacing: 'spacing',
  backoff: 'backoff',
  limit: 'rate limit',
  collect: 'collecting',
};

/** What a guest does besides pressing keys, in a word. */
const deeds: Readonly<Record<string, string>> = {
  'message.sent': 'sent',
  'message.accepted': 'accepted',
  'input.cleared': 'emptied',
  'input.blurred': 'left the box',
  'page.hidden': 'hidden',
  'page.visible': 'back',
  'network.offline': 'offline',
  'network.online': 'online',
  'message.viewed': 'saw a message',
  'conversation.ended': 'ended',
  'conversation.closed': 'left',
};

function guestLane(trace: ConversationTrace, { x, clip, isSeen, right }: Scene): Lane {
  const bursts = burstsIn(trace).filter(isSeen);
  const keys = bursts.map((burst) => {
    const { left, width } = clip(burst);
    const ticks = burst.keys.filter((at) => isSeen({ from: at, to: at }));
    return [
      `<rect class="burst" x="${left}" y="3" width="${width}" height="16" rx="3"/>`,
      ...ticks.map((at) => `<path class="key" d="M${x(at)} 3v16"/>`),
    ].join('');
  });
  const others = inputsIn(trace.entries)
    .filter(({ at, event }) => Object.hasOwn(deeds, event.type) && isSeen({ from: at, to: at }))
    .map(({ at, event }) => {
      const text = deeds[event.type] ?? '';
      const reach = 12 + widthOfText(text);
      const isTurned = x(at) + reach > right;
      return {
        at: x(at),
        text,
        isTurned,
        left: x(at) - (isTurned ? reach : 4),
        right: x(at) + (isTurned ? 4 : reach),
      };
    });
  const placed = inRows(others);
  const marks = placed.map(({ at, text, isTurned, line }) => {
    const top = row * (line + 1);
    const words = isTurned ? `x="${at - 8}" text-anchor="end"` : `x="${at + 8}"`;
    return `<path class="deed" d="M${at} ${top + 5}l4 6l-4 6l-4 -6z"/><text ${words} y="${top + 15}">${escaped(text)}</text>`;
  });
  const lines = Math.max(0, ...placed.map(({ line }) => line + 1));
  return {
    name: 'guest’s keys',
    rows: keys.length + marks.length === 0 ? 0 : 1 + lines,
    marks: [...keys, ...marks],
  };
}

function litLane(trace: ConversationTrace, { clip, isSeen }: Scene): Lane {
  const marks = litSpans(trace)
    .filter(isSeen)
    .map((span) => {
      const { left, width } = clip(span);
      const text = ['is typing …', '…'].find((each) => widthOfText(each) + 8 <= width) ?? '';
      const ended = span.ranOut ? ', until it ran out' : '';
      return `<g><title>shown for ${secondsText(span.to - span.from)}${ended}</title><rect class="lit${span.ranOut ? ' ran-out' : ''}" x="${left}" y="2" width="${width}" height="18" rx="9"/><text class="on" x="${left + width / 2}" y="15" text-anchor="middle">${text}</text></g>`;
    });
  return { name: 'other side sees', rows: 1, marks };
}

function callLane(name: string, calls: readonly TracedCall[], { clip, isSeen, until }: Scene): Lane {
  const seen = calls
    .map((call) => ({ call, from: call.from, to: call.to ?? until }))
    .filter(isSeen)
    .map(({ call, ...span }) => {
      const { left, width } = clip(span);
      const text = `${call.what.replace(/^(.{16}).{4,}$/, '$1…')} ${signOf(call)}`;
      return {
        call,
        width,
        text,
        left,
        right: left + width + 12 + widthOfText(text) * 1.15,
      };
    });
  const placed = inRows(seen);
  const marks = placed.map(({ call, left, width, text, line }) => {
    const isBad = call.outcome !== 'accepted' && call.outcome !== 'open';
    const top = line * row;
    return `<g><title>${escaped(wordsOf(call))}</title><rect class="call${isBad ? ' bad' : ''}" x="${left}" y="${top + 4}" width="${width}" height="14" rx="2"/><text class="${isBad ? 'bad' : 'said'}" x="${left + width + 5}" y="${top + 15}">${escaped(text)}</text></g>`;
  });
  return { name, rows: Math.max(0, ...placed.map(({ line }) => line + 1)), marks };
}

function signOf({ outcome }: TracedCall): string {
  if (outcome === 'accepted') return '✓';
  if (outcome === 'open') return '…';
  if (outcome === 'given up') return '✗ no answer';
  return `✗ ${outcome.status ?? outcome.code}`;
}

function wordsOf({ what, outcome, from, to }: TracedCall): string {
  const how = typeof outcome === 'object' ? outcome.code : outcome;
  const asked =
    typeof outcome === 'object' && outcome.retryAfterMs !== undefined
      ? `, asked for ${secondsText(outcome.retryAfterMs)}`
      : '';
  return `${what} at ${secondsText(from)}: ${how}${asked}${to === undefined ? '' : ` after ${to - from} ms`}`;
}

function waitLane(name: string, waits: readonly Wait[], { clip }: Scene): Lane {
  const placed = inRows(
    waits.map((wait) => {
      const { left, width } = clip(wait);
      return { wait, width, left, right: left + width };
    }),
  );
  const marks = placed.map(({ wait, left, width, line }) => {
    const label = `${waitNames[wait.kind]} ${secondsText(wait.to - wait.from)}`;
    const text = [label, waitNames[wait.kind]].find((each) => widthOfText(each) + 8 <= width) ?? '';
    const end = wait.isOver ? 'over' : 'cut short';
    return `<g><title>${waitNames[wait.kind]}: ${secondsText(wait.to - wait.from)} of ${secondsText(wait.ms)}, ${end}</title><rect class="wait ${wait.kind}${wait.isOver ? '' : ' cut'}" x="${left}" y="${line * row + 3}" width="${width}" height="16" rx="3"/><text class="on-wait" x="${left + 6}" y="${line * row + 15}">${text}</text></g>`;
  });
  return { name, rows: Math.max(0, ...placed.map(({ line }) => line + 1)), marks };
}
