import { invalidOption } from '../shared/errors.ts';
import { type ConversationTrace, type TraceItem, traceFormat, traceVersion } from './types.ts';

const mostItems = 100_000;
const longestTrace = 7 * 24 * 3_600_000;

/** What each kind of entry must have besides `at`, and of which type. */
const shapes: Readonly<Record<TraceItem['kind'], Readonly<Record<string, string>>>> = {
  input: { event: 'event' },
  call: { call: 'string', lane: 'string' },
  answer: { call: 'string' },
  decision: { event: 'event' },
  wait: { wait: 'string', name: 'string', state: 'string', ms: 'number' },
  waited: { wait: 'string', how: 'string' },
};

/**
 * Takes what somebody has kept as a trace. Kinds of entries that a later version has are left out.
 * @throws ConversationError `invalid-option` where it is none, naming what is wrong with it.
 * @example
 * const trace = readTrace(JSON.parse(text));
 */
export function readTrace(value: unknown): ConversationTrace {
  const trace = (value ?? {}) as { readonly [key in keyof ConversationTrace]?: unknown };
  if (trace.format !== traceFormat || trace.version !== traceVersion) {
    throw invalidOption('trace', `a trace of format ${traceFormat}, version ${traceVersion}`, trace.format);
  }
  check('trace.conversationId', trace.conversationId, 'string');
  check('trace.seed', trace.seed, 'number');
  check('trace.canRefresh', trace.canRefresh, 'boolean');
  const timing = numbersOf('trace.timing', trace.timing);
  const capabilities = numbersOf('trace.capabilities', trace.capabilities);
  if (!isTime(trace.until)) throw invalidOption('trace.until', 'a whole number of ms', trace.until);
  if (!Array.isArray(trace.entries) || trace.entries.length > mostItems) {
    throw invalidOption('trace.entries', `a list of at most ${mostItems} entries`, trace.entries);
  }
  const entries = trace.entries.flatMap((entry, index) => itemOf(entry, `trace.entries[${index}]`));
  return {
    ...(trace as ConversationTrace),
    participantId: typeof trace.participantId === 'string' ? trace.participantId : null,
    timing: timing as unknown as ConversationTrace['timing'],
    capabilities: capabilities as unknown as ConversationTrace['capabilities'],
    entries,
  };
}

function itemOf(entry: unknown, place: string): TraceItem[] {
  const { at, kind, ...rest } = (entry ?? {}) as Record<string, unknown>;
  const shape = Object.hasOwn(shapes, String(kind)) ? shapes[kind as TraceItem['kind']] : undefined;
  if (shape === undefined) return [];
  if (!isTime(at)) throw invalidOption(`${place}.at`, 'a whole number of ms', at);
  for (const [name, expected] of Object.entries(shape)) check(`${place}.${name}`, rest[name], expected);
  const { failure } = rest as { failure?: { code?: unknown } };
  if (failure !== undefined) check(`${place}.failure.code`, failure?.code, 'string');
  return [{ at, kind, ...rest } as TraceItem];
}

function check(name: string, value: unknown, expected: string): void {
  const isRight = expected === 'event' ? isEvent(value) : typeof value === expected;
  if (!isRight)
    throw invalidOption(name, expected === 'event' ? 'an event with a type' : `a ${expected}`, value);
}

/** Of an object the members that are numbers or truth values, which is all that waits and capabilities are. */
function numbersOf(name: string, value: unknown): Record<string, number | boolean> {
  if (typeof value !== 'object' || value === null) throw invalidOption(name, 'an object', value);
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => typeof each === 'number' || typeof each === 'boolean'),
  );
}

const isEvent = (value: unknown): boolean => typeof (value as { type?: unknown } | null)?.type === 'string';

const isTime = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= longestTrace;
