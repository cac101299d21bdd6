import { callsIn, type TracedCall } from './callsIn.ts';
import type { ConversationTrace, TraceItem, TraceLane } from './types.ts';

/** How late a real timer may be: so far apart from a stepped clock's may a recorded call have left, ms. */
const tolerance = 250;

/**
 * Writes a trace as a test of `vitest` against `./testing`: the recorded inputs and answers on a stepped clock, and the
 * recorded calls as what is expected. Whatever the trace holds gets there as data only.
 * @example
 * const source = toTest(readTrace(JSON.parse(text)));
 */
export function toTest(trace: ConversationTrace): string {
  const { conversationId, participantId, seed, canRefresh, capabilities, timing, until } = trace;
  const calls = callsIn(trace);
  const lines = [
    "import { createConversation } from 'genesys-conversation-machine';",
    "import { createScriptedTransport, createSteppedClock } from 'genesys-conversation-machine/testing';",
    "import { expect, test } from 'vitest';",
    '',
    "test('a conversation calls as it was recorded', async () => {",
    '  const clock = createSteppedClock();',
    '  const at = (ms: number) => clock.advance(ms - clock.now());',
    '  const transport = createScriptedTransport({',
    '    clock,',
    `    capabilities: ${code(capabilities)},`,
    ...(participantId === null ? [] : [`    participantId: ${code(participantId)},`]),
    `    canRefresh: ${canRefresh},`,
    '  });',
    '  const conversation = createConversation({',
    '    transport,',
    '    clock,',
    `    conversationId: ${code(conversationId)},`,
    `    timing: ${code(timing)},`,
    `    random: () => ${code(seed >>> 0)} / 2 ** 32,`,
    '  }).start();',
    '',
    ...(['typing', 'read', 'token'] as const).flatMap((lane) => answersOf(calls, lane)),
    '',
    ...inputsOf(trace.entries),
    `  await at(${until});`,
    '  conversation.stop();',
    '',
    '  const expected: [ms: number, what: string][] = [',
    ...calls.map(({ from, what }) => `    ${code([from, what])},`),
    '  ];',
    "  expect(transport.log.map((line) => line.replace(/^\\S+ /, ''))).toEqual(expected.map(([, what]) => what));",
    '  for (const [index, [ms]] of expected.entries()) {',
    `    expect(Math.abs((transport.calls[index]?.at ?? Number.NaN) - ms)).toBeLessThanOrEqual(${tolerance});`,
    '  }',
    '});',
    '',
  ];
  return lines.join('\n');
}

function answersOf(calls: readonly TracedCall[], lane: TraceLane): string[] {
  const own = calls.filter((call) => call.lane === lane);
  if (own.length === 0) return [];
  return [`  transport.answer(${code(lane)},`, ...own.map((call) => `    ${answerOf(call)},`), '  );'];
}

function answerOf({ from, to, outcome }: TracedCall): string {
  if (outcome === 'open' || outcome === 'given up' || to === undefined) return "'hang'";
  const answer = outcome === 'accepted' ? 'accept' : { ...outcome, message: 'recorded' };
  return code(to === from ? answer : { afterMs: to - from, answer });
}

/** What was told, in order; an answer between two inputs of the same ms is waited for. */
function inputsOf(entries: readonly TraceItem[]): string[] {
  let time = -1;
  return entries.flatMap((entry) => {
    if (entry.kind === 'answer') time = -1;
    if (entry.kind !== 'input') return [];
    const wait = entry.at === time ? [] : [`  await at(${entry.at});`];
    time = entry.at;
    const isKey = entry.event.type === 'keystroke';
    return [
      ...wait,
      isKey ? '  conversation.keystroke();' : `  conversation.actor.send(${code(entry.event)});`,
    ];
  });
}

/** A value as code. Two separators of lines are fine in JSON, and were not always in code. */
function code(value: unknown): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (each) => `\\u${each.charCodeAt(0).toString(16)}`);
}
