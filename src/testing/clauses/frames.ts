import type { TraceValue } from '../../shared/traceFile.ts';
import type { Of, World, WorldHandle } from './world.ts';

export type Frame = Of<'frame'>;

export type Session = WorldHandle<'session'>;

export const field = (value: TraceValue | undefined, ...path: readonly string[]): TraceValue | undefined =>
  path.reduce<TraceValue | undefined>(
    (found, key) =>
      typeof found === 'object' && found !== null && !Array.isArray(found)
        ? (found as Readonly<Record<string, TraceValue>>)[key]
        : undefined,
    value,
  );

export const isOut = ({ way }: Frame): boolean => way === 'out';

export const actionOf = ({ frame }: Frame): string => String(field(frame, 'action') ?? '');

export const isMessage = (each: Frame): boolean =>
  isOut(each) && field(each.frame, 'message', 'type') === 'Text' && actionOf(each) === 'onMessage';

export const isEcho = (each: Frame): boolean => isOut(each) && actionOf(each) === 'echo';

export const classOf = ({ frame }: Frame): string => String(field(frame, 'class') ?? '');

/** Whether a token is asked for, which only history wants. */
export const isForHistory = (frame: TraceValue): boolean => field(frame, 'action') === 'getJwt';

export const traceOf = ({ frame }: Frame): TraceValue | undefined => field(frame, 'tracingId');

export const idsIn = ({ frame }: Frame): readonly (TraceValue | undefined)[] => [
  field(frame, 'tracingId'),
  field(frame, 'body', 'metadata', 'customMessageId'),
];

/** What tells a session to be silent. */
export const limitClass = 'TooManyRequestsErrorMessage';

export const told = (session: Session, ...types: readonly string[]): readonly Of<'emitted'>[] =>
  session.emitted.filter(({ event }) => types.includes(event.type));

export const stateBefore = ({ states }: Session, index: number): string =>
  JSON.stringify(states.findLast((state) => state.index < index)?.value ?? '');

export const socketsAfter = (world: World, index: number): readonly Of<'socket'>[] =>
  world.all('socket').filter((socket) => socket.index > index);

export const isAnswer = (each: Frame): boolean =>
  answers.has(classOf(each)) ||
  (classOf(each) === 'StructuredMessage' && traceOf(each) === 'SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=');

/** What a health check, or what is asked in its place, is answered with. */
const answers: ReadonlySet<string> = new Set(['JwtResponse', limitClass, 'string', 'Error', 'ErrorMessage']);

/** The session of a trace that has one: among several, nobody can tell whose a frame is. */
export const onlySession = ({ sessions }: World): readonly Session[] =>
  sessions.length === 1 ? sessions : [];

/** Whether somebody called one of these verbs of a session between two places. */
export const isCalled = ({ inputs }: Session, verbs: readonly string[], from: number, to: number): boolean =>
  inputs.some(({ verb, index }) => verbs.includes(verb) && index > from && index < to);

/** Whether a session said one of these things between two places. */
export const hasTold = (session: Session, types: readonly string[], from: number, to: number): boolean =>
  told(session, ...types).some(({ index }) => index > from && index < to);
