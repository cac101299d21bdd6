import { draw } from '../../machines/random.ts';
import type { ScriptedAnswer, ScriptedCall } from './scriptedTransport.ts';

/** How a back end fares that answers by chance. Shares are from 0 to 1. */
export interface RandomAnswersOptions {
  /** A whole number; the same seed answers the same calls alike. */
  readonly seed: number;
  /** Which share of the calls fails. Default: 0.2. */
  readonly failing?: number;
  /** Which share of the failures arrived nevertheless, only its reply was lost. Default: 0.3. */
  readonly lost?: number;
  /** Which share of the calls is never answered. Default: 0.05. */
  readonly hanging?: number;
  /** How long an answer takes at most, ms, so that answers overtake each other. Default: 2000. */
  readonly slowest?: number;
}

const failures = [
  { code: 'network', message: 'No reply, by chance.' },
  { code: 'unavailable', message: 'The server cannot answer, by chance.', status: 503 },
  { code: 'rate-limited', message: 'Too many calls, by chance.', status: 429, retryAfterMs: 2000 },
  { code: 'rate-limited', message: 'Too many calls, by chance.', status: 429 },
  { code: 'unauthorized', message: 'The token expired, by chance.', status: 401 },
] as const;

/**
 * Answers for a scripted transport's `answers`: failures, delays, lost replies and silence, by a seed.
 * @example
 * const transport = createScriptedTransport({ clock, answers: randomAnswers({ seed: 1, failing: 0.1 }) });
 */
export function randomAnswers(options: RandomAnswersOptions): (call: ScriptedCall) => ScriptedAnswer {
  const { failing = 0.2, lost = 0.3, hanging = 0.05, slowest = 2000 } = options;
  let seed = options.seed;
  const random = (): number => {
    const [value, next] = draw(seed);
    seed = next;
    return value;
  };
  return () => {
    if (random() < hanging) return 'hang';
    const afterMs = Math.floor(random() * slowest);
    if (random() >= failing) return { afterMs, answer: 'accept' };
    const arrives = random() < lost;
    const [network] = failures;
    const failure = arrives ? network : (failures[Math.floor(random() * failures.length)] ?? network);
    return { afterMs, answer: failure, arrives };
  };
}
