import { checkInvariants, type TraceFile, type Violation } from 'genesys-conversation-machine/testing';
import type { Played } from './plant.ts';
import { scenarios } from './scenarios.ts';

/** Plays scenarios by name, all of them where none is named, and checks every clause on each. */
export async function play(names: readonly string[] = Object.keys(scenarios)): Promise<Played> {
  const played: Record<string, Played[string]> = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (!names.includes(name)) continue;
    const shown: TraceFile | readonly Violation[] = await scenario();
    played[name] = 'format' in shown ? checkInvariants(shown) : shown;
  }
  return played;
}
