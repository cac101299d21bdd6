// What every subject is put through. Times are ms since the probe began; a probe says what left, and whether that is right.

const seconds = (ms) => String(Number((ms / 1000).toFixed(1)));

/** Calls as short text: `ON 0, 2.2, … 28.6 (14)`, runs of one kind together. */
function told(calls) {
  if (calls.length === 0) return 'nothing';
  const runs = [];
  for (const { kind, messageId, at } of calls) {
    const name = kind.toUpperCase() + (messageId ? ` ${messageId}` : '');
    const run = runs.at(-1);
    if (run?.name === name) run.times.push(at);
    else runs.push({ name, times: [at] });
  }
  return runs
    .map(({ name, times }) => {
      if (times.length <= 4) return `${name} ${times.map(seconds).join(', ')}`;
      return `${name} ${seconds(times[0])}, ${seconds(times[1])} … ${seconds(times.at(-1))} (${times.length})`;
    })
    .join(', ');
}

/** When the other side shows typing, by calls that arrived: `[from, to]` each. */
function litSpans(calls, { timeToLive, sentAt = [] }) {
  const spans = [];
  const moments = [
    ...calls.filter(({ kind, isAccepted }) => isAccepted && (kind === 'on' || kind === 'off')),
    ...sentAt.map((at) => ({ kind: 'off', at })),
  ].sort((one, other) => one.at - other.at);
  for (const { kind, at } of moments) {
    const last = spans.at(-1);
    const isLit = last !== undefined && last[1] > at;
    if (kind === 'on' && isLit) last[1] = at + timeToLive;
    else if (kind === 'on') spans.push([at, at + timeToLive]);
    else if (isLit) last[1] = at;
  }
  return spans;
}

/** The longest time in [from, to] during which nothing is shown. */
function longestDark(spans, from, to) {
  let dark = 0;
  let since = from;
  for (const [start, end] of spans) {
    if (start > since) dark = Math.max(dark, Math.min(start, to) - since);
    since = Math.max(since, end);
  }
  return Math.max(dark, to - since);
}

const endOf = (spans) => spans.at(-1)?.[1] ?? 0;
const goesDark = (spans) =>
  Number.isFinite(endOf(spans)) ? `dark at ${seconds(endOf(spans))}` : 'never dark';
const of = (calls, kind) => calls.filter((call) => call.kind === kind);
const noReads = { text: 'reports no reads', passed: null };

/** Keys every 200 ms in [from, to]. */
const typing = (from, to, every = 200) =>
  Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, index) => from + index * every);

export const probes = [
  {
    name: 'A',
    lane: 'typing',
    title: 'a key every 200 ms for 30 s, then none',
    right: 'shown all the while, and dark within 5 s of the last key',
    async run({ keys, wait, calls, guest }) {
      await keys(typing(0, 30_000));
      await wait(90_000);
      const spans = litSpans(calls, guest);
      const dark = longestDark(spans, 0, 30_000);
      return {
        text: `${told(calls)}; ${goesDark(spans)}`,
        passed: dark === 0 && endOf(spans) <= 35_000,
      };
    },
  },
  {
    name: 'B',
    lane: 'typing',
    title: 'types 0–1 s, sends at 1.2, types 1.5–2.5',
    right: 'shown again within 1 s of 1.5, and no start after the last key',
    async run({ keys, at, wait, calls, guest }) {
      await keys(typing(0, 1000));
      await at(1200, () => guest.sent());
      await keys(typing(1500, 2500));
      await wait(60_000);
      const starts = of(calls, 'on').map((call) => call.at);
      return {
        text: told(calls),
        passed:
          starts.some((start) => start >= 1500 && start <= 2500) && starts.every((start) => start <= 2500),
      };
    },
  },
  {
    name: 'C',
    lane: 'typing',
    title: 'the first start is answered with 429, and typing goes on for 12 s',
    right: 'another within 1.5 s, none at once, and no rejection that nobody catches',
    async run({ keys, wait, calls, failNext }) {
      failNext(1);
      await keys(typing(0, 12_000));
      await wait(60_000);
      const [, second] = of(calls, 'on');
      const gap = second ? second.at - calls[0].at : Number.POSITIVE_INFINITY;
      return {
        text: second ? `next after ${seconds(gap)}` : 'never again',
        passed: gap >= 200 && gap <= 1500,
      };
    },
  },
  {
    name: 'D',
    lane: 'typing',
    title: 'keys at 0 and 0.3 s only',
    right: 'no start after the last key, and dark within 5 s of it',
    async run({ keys, wait, calls, guest }) {
      await keys([0, 300]);
      await wait(60_000);
      const spans = litSpans(calls, guest);
      return {
        text: `${told(calls)}; ${goesDark(spans)}`,
        passed: of(calls, 'on').every((call) => call.at <= 300) && endOf(spans) <= 5300,
      };
    },
  },
  {
    name: 'E',
    lane: 'typing',
    title: 'types 0–1 s, the box is emptied at 1.2',
    right: 'dark within 1 s of that, and stays so',
    async run({ keys, at, wait, calls, guest }) {
      await keys(typing(0, 1000));
      await at(1200, () => guest.cleared());
      await wait(60_000);
      const spans = litSpans(calls, guest);
      return {
        text: `${told(calls)}; ${goesDark(spans)}`,
        passed: of(calls, 'on').every((call) => call.at <= 1200) && endOf(spans) <= 2200,
      };
    },
  },
  {
    name: 'clock back',
    title: 'the wall clock is set back an hour, and a key comes each second for 10 minutes',
    right: 'never dark for more than 5 s of it',
    async run({ keys, at, setWall, calls, guest }) {
      await keys(typing(0, 2000));
      await at(2500, () => setWall(-3_600_000));
      await keys(typing(3000, 603_000, 1000));
      const after = of(calls, 'on').filter((call) => call.at > 2500);
      const dark = longestDark(litSpans(calls, guest), 3000, 603_000);
      return { text: `${after.length} starts; dark for ${seconds(dark)} s`, passed: dark <= 5000 };
    },
  },
  {
    name: 'two chats',
    title: 'types 0–1 s in one chat, then 1.2–4 s in another of the same page',
    right: 'the second shows it within 2 s',
    async run({ keys, wait, calls, open }) {
      const other = await open('c2');
      await keys(typing(0, 1000));
      await keys(typing(1200, 4000), other);
      await wait(60_000);
      const starts = of(calls, 'on').filter(({ conversation }) => conversation === 'c2');
      return {
        text: starts.length > 0 ? `second chat: ON ${seconds(starts[0].at)}` : 'second chat: nothing',
        passed: starts.length > 0 && starts[0].at <= 3200,
      };
    },
  },
  {
    name: 'read back',
    title: 'm3 is read, and 0.1 s later m1',
    right: 'm3 is reported, and nothing older after it or instead of it',
    async run({ at, wait, calls, guest }) {
      if (!guest.read) return noReads;
      await at(0, () => guest.read('m3'));
      await at(100, () => guest.read('m1'));
      await wait(60_000);
      const marks = of(calls, 'read').map(({ messageId }) => messageId ?? 'all');
      return { text: told(calls), passed: marks.length > 0 && marks.every((mark) => mark !== 'm1') };
    },
  },
  {
    name: 'read fails',
    title: 'the read of m1 is answered with 429, and the application asks again after 10 s',
    right: 'reported in the end',
    async run({ at, wait, calls, guest, failNext }) {
      if (!guest.read) return noReads;
      failNext(1);
      await at(0, () => guest.read('m1'));
      await at(10_000, () => guest.read('m1'));
      await wait(60_000);
      const reported = of(calls, 'read').some(({ isAccepted }) => isAccepted);
      return { text: `${told(calls)}${reported ? '' : '; never reported'}`, passed: reported };
    },
  },
  {
    name: 'lone read',
    title: 'one message is read, by each of the ways that there are',
    right: 'reported within 10 s',
    async run({ at, wait, calls, guest }) {
      if (!guest.read) return noReads;
      await at(0, () => guest.read('m1'));
      await wait(10_000);
      const plain = of(calls, 'read').length;
      if (!guest.readThrottled) return { text: told(calls), passed: plain > 0 };
      await at(60_000, () => guest.readThrottled('m2'));
      await wait(10_000);
      const throttled = of(calls, 'read').length - plain;
      return { text: `${plain}; throttled: ${throttled} calls`, passed: plain > 0 && throttled > 0 };
    },
  },
  {
    name: 'two reads',
    title:
      'a message is read in one chat, and 0.3 s later one in another, by each of the ways that there are',
    right: 'both are reported',
    async run({ at, wait, calls, guest, open }) {
      if (!guest.read) return noReads;
      const other = await open('c2');
      await at(0, () => guest.read('m1'));
      await at(300, () => other.read('m1'));
      await wait(30_000);
      const chats = () => [...new Set(of(calls, 'read').map(({ conversation }) => conversation))].sort();
      const plain = chats();
      if (!guest.readThrottled) return { text: plain.join(' and ') || 'nothing', passed: plain.length === 2 };
      const before = calls.length;
      await at(60_000, () => guest.readThrottled('m2'));
      await at(60_300, () => other.readThrottled('m2'));
      await wait(30_000);
      const throttled = [...new Set(calls.slice(before).map(({ conversation }) => conversation))].sort();
      return {
        text: `${plain.join(' and ')}; throttled: ${throttled.join(' and ') || 'nothing'}`,
        passed: plain.length === 2 && throttled.length === 2,
      };
    },
  },
  {
    name: 'delivered',
    title: 'm2 is reported as delivered, and 0.1 s later m1 as read',
    right: 'both are reported, and both calls answer',
    async run({ at, wait, calls, guest, pending }) {
      if (!guest.delivered) return { text: 'reports no deliveries', passed: null };
      await at(0, () => guest.delivered('m2'));
      await at(100, () => guest.read('m1'));
      await wait(60_000);
      const hanging = pending();
      return {
        text: `${told(calls)}${hanging > 0 ? `; ${hanging} call never answered` : ''}`,
        passed: calls.length === 2 && hanging === 0,
      };
    },
  },
];
