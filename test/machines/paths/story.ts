import type { AnyActor } from 'xstate';
import type { Mark } from '../../../machines/conversation/types.ts';
import type { Failure } from '../../../machines/failure.ts';
import { conversationExplored } from '../../../src/testing/paths/conversation.ts';
import { type Explored, play, type Running } from '../../../src/testing/paths/live.ts';

/** What a story is told with, beside what can happen in every one. */
export interface Setting {
  /** The back end, by its name among those that are explored. */
  readonly backEnd?: string;
  readonly timing?: object;
  readonly capabilities?: object;
  /** Without others on the transport, and without policies. */
  readonly isAlone?: boolean;
  /** What is asked of the world otherwise than there. */
  readonly ports?: (now: () => number) => Partial<Record<keyof Ports, object>>;
}
type Members = Record<string, (id?: string) => unknown>;
interface Ports {
  readonly voice: Members;
  readonly readings: Members;
  readonly policies: Members;
}
interface Input {
  readonly ports: Ports;
  readonly capabilities: object;
  readonly timing: object;
}
type Tell = (...words: readonly unknown[]) => void;

const backEnds = conversationExplored();

/**
 * Plays a story on the conversation's chart alone, whose calls are answered by hand: what its typing came to, and what it
 * did on the way, each with the ms since the beginning. A call is told as `ON c1 2`: where, and which attempt it is.
 */
export function story(path: string, { backEnd = 'whole', isAlone, ports, ...setting }: Setting = {}): string {
  const told: string[] = [];
  let now = (): number => 0;
  let begun = 0;
  const tell: Tell = (...words) => {
    const known = words.filter((word) => word !== undefined).map((word) => word ?? 'none');
    told.push([now() - begun, ...known].join(' '));
  };
  const explored = backEnds[backEnd] as Explored;
  const begin: Explored['begin'] = (time) => {
    now = time;
    begun = time();
    const { flags, input } = explored.begin(time) as { flags: Record<string, unknown>; input: Input };
    const { voice, readings, policies } = input.ports;
    const own = ports?.(time);
    const made = {
      ...input,
      capabilities: { ...input.capabilities, ...setting.capabilities },
      timing: { ...input.timing, jitter: 0, ...setting.timing },
      ports: {
        transport: null,
        readings: { ...readings, ...own?.readings },
        ...(!isAlone && {
          policies: { ...policies, ...own?.policies },
          voice: { ...voice, ...heard(voice, tell), ...own?.voice },
        }),
      },
    };
    return { flags, input: made };
  };
  const steps = path.split(' > ').filter((step) => step !== '');
  for (const step of steps) if (!(step in explored.stimuli)) throw new Error(`There is no step "${step}".`);
  const world = play({ ...explored, begin }, new Map(), steps, (running, step) => {
    if (step === null) listen(running, tell);
  });
  const { typing } = world.actor.getSnapshot().value;
  world.stop();
  return [`${written(typing)}:`, told.join(', ')].join(' ').trim();
}

/** What the chart asks of others. */
const heard = (voice: Members, tell: Tell): Members =>
  Object.fromEntries(
    ['takeOver', 'letGo', 'ask'].map((name) => [
      name,
      (id?: string) => {
        tell(name, id);
        voice[name]?.(id);
      },
    ]),
  );

function listen({ actor }: Running, tell: Tell): void {
  const known = new Set<AnyActor>();
  actor.subscribe({
    next: ({ children: { sendTyping } }: { children: Record<string, AnyActor | undefined> }) => {
      if (!sendTyping || known.has(sendTyping)) return;
      known.add(sendTyping);
      const { isTyping, conversationId, attempt, keepalive } = sendTyping.getSnapshot().input.call;
      tell(isTyping ? 'ON' : 'OFF', conversationId, attempt, keepalive ? 'keepalive' : undefined);
    },
    error: () => {},
  });
  actor.on(
    '*',
    ({ type, ...said }: { readonly type: string; readonly failure?: Failure; readonly mark?: Mark }) => {
      const { failure, mark, ...rest } = said;
      if (type.startsWith('unread')) return;
      tell(type.replace('typing.', ''), ...Object.values(rest), failure?.code, mark && `at ${mark.position}`);
    },
  );
}

/** A state's value, with dots. */
const written = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value as object)
        .map(([name, below]) => `${name}.${written(below)}`)
        .join();

/** Reads stories, of three lines each: what is promised, what happens, and what comes of it. */
export function stories(text: string): readonly (readonly [promise: string, path: string, end: string])[] {
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  return lines.flatMap((promise, nth) =>
    nth % 3 === 0 ? [[promise, lines[nth + 1] ?? '', lines[nth + 2] ?? ''] as const] : [],
  );
}
