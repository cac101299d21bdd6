/** What can come from outside and is wrong, numbered, and which test holds the right reaction to it. */
export interface HostileRow {
  /** Its number; titles in this folder begin with it. */
  readonly row: number;
  readonly what: string;
  /** Where it is held: a file in `test`, and a title in it. */
  readonly by: readonly (readonly [file: string, title: string])[];
}

type Where = readonly [file: string, title: string];

const replies = (title: string): Where => ['hostile/replies.test.ts', title];
const transport = (title: string): Where => ['hostile/transport.test.ts', title];
const sockets = (title: string): Where => ['hostile/sockets.test.ts', title];
const callers = (title: string): Where => ['hostile/callers.test.ts', title];
const row = (number: number, what: string, ...by: readonly Where[]): HostileRow => ({
  row: number,
  what,
  by,
});

/** All of them: replies, the way they come, sockets, and what callers give. */
export const rows: readonly HostileRow[] = [
  row(1, '429 with whole seconds', replies('1: ')),
  row(2, '429 with a hint in its body', replies('2: ')),
  row(3, 'a hint that is a word', replies('3: ')),
  row(4, 'a hint that looks like a number', replies('4: '), [
    'rest/retryAfter.test.ts',
    '%j counts as absent',
  ]),
  row(5, 'far too many seconds', replies('5: ')),
  row(6, 'zero seconds', replies('6: ')),
  row(7, 'an HTTP date, of whatever clock', replies('7: ')),
  row(8, 'the forms of a date', replies('8: '), ['rest/retryAfter.test.ts', '%s counts as absent']),
  row(9, 'a doubled header', replies('9: ')),
  row(10, 'a hint beside another status', replies('10: ')),
  row(11, 'a hint that CORS hides', replies('11: ')),
  row(12, '503, with a hint and without', replies('12: ')),
  row(13, '429 for ever', replies('13: '), ['conversation/retryBudget.test.ts', 'never runs dry of probes']),
  row(14, '429 about typing while a mark waits', replies('14: ')),
  row(15, '200 with a page', replies('15: ')),
  row(16, '200 that says JSON and is none', replies('16: ')),
  row(17, '200 of another shape', replies('17: '), [
    'rest/openingAndCredentials.test.ts',
    'fields of a prototype are no fields',
  ]),
  row(18, 'keys that reach for a prototype', replies('18: ')),
  row(19, 'success without a body', replies('19: ')),
  row(20, 'every other 2xx', replies('20: ')),
  row(21, '1xx, 304 and redirects', replies('21: ')),
  row(22, '400, 404, 410, 422', replies('22: ')),
  row(23, '401 and 403', replies('23: '), ['rest/token.test.ts', 'is not made for a straggler']),
  row(24, '408, 425, 409', replies('24: ')),
  row(25, '413 and 431', replies('25: ')),
  row(26, '5xx', replies('26: ')),
  row(27, 'a status that no server should send', replies('27: ')),
  row(28, 'a reply about another conversation', replies('28: ')),
  row(29, 'a reply that claims what was read', replies('29: ')),
  row(30, 'a reply late, twice, out of order', replies('30: ')),
  row(31, 'nobody there', transport('31: ')),
  row(32, 'TLS that fails', transport('32: '), ['rest/guestRest.test.ts', 'a known reason of the platform']),
  row(33, 'no byte at all', transport('33: no byte at all')),
  row(34, 'headers, then nothing', transport('34: headers, then nothing')),
  row(35, 'one byte at a time', transport('35: a body, one byte at a time')),
  row(36, 'reset before a reply or within it', transport('36: ')),
  row(37, 'a wrong length or encoding', transport('37: ')),
  row(38, 'headers beyond every measure', transport('38: ')),
  row(39, 'a body beyond every measure', transport('39: ')),
  row(40, 'no HTTP at all', transport('40: ')),
  row(41, 'a connection that was kept and closed', transport('41: ')),
  row(
    42,
    'a fetch that breaks its interface, or is missing',
    ['rest/guestRest.test.ts', 'a fetch that breaks its interface'],
    ['rest/options.test.ts', 'a platform without fetch is told at once'],
  ),
  row(43, 'giving up, at any moment', transport('43: '), ['rest/guestRest.test.ts', 'giving an attempt up']),
  row(44, 'a network that comes and goes', transport('44: ')),
  row(45, 'a portal that answers for every host', sockets('45: ')),
  row(46, 'a handshake that is refused', sockets('46: ')),
  row(47, 'close 1000, 1001', sockets('47 to 54: ')),
  row(48, 'close 1006, several in a row', sockets("[48, 'without a word'"), [
    'webMessaging/reconnect.test.ts',
    'failing handshakes make it look at the deployment again',
  ]),
  row(49, 'close 1002, 1003, 1007, 1010', sockets("[49, 'protocol error'")),
  row(50, 'close 1008', sockets('50: policy before the first answer')),
  row(51, 'close 1009', sockets('51: ')),
  row(52, 'close 1011 to 1014', sockets("[52, 'restart'")),
  row(53, 'close 1015', sockets("[53, 'TLS"), ['webMessaging/reconnect.test.ts', "['1015', 1015"]),
  row(54, 'close 4000 to 4999', sockets("[54, 'refused for good'")),
  row(55, 'a close reason of hostile text', sockets('55: ')),
  row(
    56,
    'open, and then nothing',
    sockets('56: '),
    ['webMessaging/halfOpen.test.ts', 'on a real network is back as soon'],
    ['events/againstTheSandbox.test.ts', 'finds a half-open stream'],
  ),
  row(57, 'opened and closed again and again', sockets('57: ')),
  row(58, 'frames that nobody can read', sockets('58: ')),
  row(59, 'frames beyond every measure', sockets('59: ')),
  row(60, 'frames of another version', sockets('60: '), [
    'webMessaging/frames.test.ts',
    '%s changes nothing (W-7)',
  ]),
  row(61, 'typing of others that nobody ends', sockets('61: '), [
    'conversation/roster.test.ts',
    'is bounded',
  ]),
  row(62, 'reads of others: unknown, backwards, twice', sockets('62: ')),
  row(63, 'pings that no page can see, pongs of the past', sockets('63: any frame counts'), [
    'webMessaging/reconnect.test.ts',
    'a socket of the past is heard no more (W-4)',
  ]),
  row(
    64,
    'a socket that takes nothing',
    ['webMessaging/reconnect.test.ts', 'a typing signal that the socket does not take is dropped'],
    ['webMessaging/everyMessageOnce.test.ts', 'that the socket does not take waits'],
  ),
  row(65, 'a token that is rejected after the handshake', sockets('65: '), [
    'events/againstTheSandbox.test.ts',
    'gets a fresh token where its own expired in the middle',
  ]),
  row(66, 'the own typing comes back', sockets('66: ')),
  row(67, 'what is no id', callers('67: '), [
    'conversation/everyVerb.test.ts',
    'every verb of a conversation',
  ]),
  row(
    68,
    'ids that are paths',
    ['conversation/options.test.ts', 'is refused at every door, and nothing leaves'],
    ['rest/guestRest.test.ts', 'a call that cannot be right is refused before it leaves (S8)'],
  ),
  row(69, 'ids of odd characters', callers('69: '), [
    'conversation/options.test.ts',
    "['a lone high surrogate'",
  ]),
  row(70, 'ids that are names of a prototype', callers('70: ')),
  row(71, 'waits that are no numbers', ['conversation/options.test.ts', 'a wait that cannot be right']),
  row(72, 'waits that contradict each other', [
    'conversation/options.test.ts',
    'is refused when it contradicts another',
  ]),
  row(
    73,
    'tokens that are none',
    ['rest/options.test.ts', '%s is refused without being quoted'],
    ['rest/token.test.ts', 'a provider that never settles keeps nobody'],
  ),
  row(74, 'addresses that are none', ['rest/options.test.ts', 'orgUrl (S6, S7)']),
  row(75, 'listeners that throw, re-enter, come and go', callers('75: '), [
    'conversation/handle.test.ts',
    'a callback of the application that throws',
  ]),
  row(76, 'places that are no newer, or no places', callers('76: '), [
    'reading/order.test.ts',
    'a message that is told late',
  ]),
  row(77, 'far too much of everything', callers('77: ')),
  row(
    78,
    'boxes of every kind, and one that goes',
    ['browser/bindTyping.test.ts', 'in a closed shadow root'],
    ['browser/bindTyping.test.ts', 'or takes the box away'],
  ),
  row(
    79,
    'a browser that lacks something, a storage that fails',
    ['browser/observeRead.test.ts', 'where the browser lacks what it needs'],
    ['reading/ledger.test.ts', 'degrades to memory with one event'],
    ['reading/damagedStorage.test.ts', 'is put aside as it came'],
    ['tabs/oneVoice.test.ts', 'speak each for itself'],
  ),
  row(80, 'a clock that jumps', callers('80: '), [
    'webMessaging/reconnect.test.ts',
    'a wall clock that is set back an hour',
  ]),
  row(81, 'tabs and copies of another version', [
    'tabs/oneVoice.test.ts',
    'are not silenced by what is said in another version',
  ]),
  row(82, 'globals that are not what they were', callers('82: ')),
];
