import { createBackEnd } from '../rivals/backEnd.ts';
import { debounceByHand } from '../rivals/debounceByHand.ts';
import { everyKey } from '../rivals/everyKey.ts';
import { lodashPair } from '../rivals/lodashPair.ts';
import type { MakeRival, Rival } from '../rivals/rival.ts';
import type { Fact, Stage } from './createStage.ts';
import { createLightMeter, type LightMeter, type Look } from './lightMeter.ts';

/** Whose indicator is measured: the one of this page, or what a rival's would have been. */
export type Player = 'ours' | 'debounce' | 'lodash' | 'everyKey';

const rivals: Readonly<Record<Exclude<Player, 'ours'>, MakeRival>> = {
  debounce: debounceByHand,
  lodash: lodashPair,
  everyKey,
};

const players: readonly Player[] = ['ours', 'debounce', 'lodash', 'everyKey'];

/** How long a call takes to be seen at the other side until the first one was measured, ms; longer is no measure. */
const usualLatency = 40;
const longestLatency = 500;

/** How often what runs out by itself is looked for, ms. */
const tick = 100;

/** Counts keys, calls and wrong seconds of everybody on the same keys; `onLook` is told how each indicator looks. */
export function createScore(stage: Stage, onLook: (player: Player, look: Look, at: number) => void) {
  const backEnd = createBackEnd();
  let keys = 0;
  let latency = usualLatency;
  let missingSince = 0;
  let isSevered = false;
  let meters = new Map<Player, LightMeter>();
  let calls = new Map<Player, number>();
  let ownCalls = new Set<string>();
  let voices = new Map<string, Rival>();
  let accounts = new Map<Player, ReturnType<typeof backEnd.account>>();

  /** How long this page's own calls take from the key to the agent is how long those of the rivals take. */
  const look = (player: Player, next: Look, at: number): void => {
    if (player === 'ours' && next === 'missing') missingSince = at;
    if (player === 'ours' && next === 'right' && at - missingSince < longestLatency)
      latency = at - missingSince;
    onLook(player, next, at);
  };

  const clear = (): void => {
    for (const voice of voices.values()) voice.end();
    keys = 0;
    isSevered = false;
    ownCalls = new Set();
    voices = new Map();
    calls = new Map(players.map((player) => [player, 0]));
    meters = new Map(
      players.map((player) => [player, createLightMeter((next, at) => look(player, next, at))]),
    );
    accounts = new Map(players.map((player) => [player, backEnd.account()]));
  };
  clear();

  /** What a rival does in one tab; its calls in all tabs are one guest's. */
  const voiceOf = (player: Exclude<Player, 'ours'>, tab: number): Rival => {
    const name = `${player} ${tab}`;
    const known = voices.get(name);
    if (known) return known;
    const meter = meters.get(player);
    const account = accounts.get(player);
    const voice = rivals[player](async (isTyping) => {
      const at = Date.now();
      const verdict = account?.(isTyping, at);
      if (verdict === 'unknown') return;
      calls.set(player, (calls.get(player) ?? 0) + 1);
      if (verdict === 'refused') throw new Error('The call was refused.');
      setTimeout(() => {
        if (isTyping) meter?.lit(Date.now(), backEnd.timeToLive);
        else meter?.out(Date.now());
      }, latency);
    });
    voices.set(name, voice);
    return voice;
  };
  const eachRival = (play: (player: Exclude<Player, 'ours'>) => void): void => {
    for (const player of players) if (player !== 'ours') play(player);
  };
  const eachMeter = (measure: (meter: LightMeter) => void): void => meters.forEach(measure);

  const take = (fact: Fact): void => {
    switch (fact.type) {
      case 'entered':
        if (fact.side === 'guest') watchLink(fact.actor.conversation);
        return;
      case 'key':
        keys += 1;
        eachMeter((meter) => meter.key(fact.at));
        eachRival((player) => voiceOf(player, fact.tab).key());
        return;
      case 'paused':
        eachMeter((meter) => meter.paused(fact.at));
        return;
      case 'submitted':
        eachMeter((meter) => meter.sent(fact.at));
        eachRival((player) => voiceOf(player, fact.tab).sent());
        return;
      case 'arrived':
        eachRival((player) => meters.get(player)?.out(fact.at));
        return;
      case 'light':
        if (fact.isLit) meters.get('ours')?.lit(fact.at);
        else meters.get('ours')?.out(fact.at);
        return;
      case 'call': {
        const { key, verb } = fact.row;
        if (/^typing/.test(verb) && !ownCalls.has(key)) {
          ownCalls.add(key);
          calls.set('ours', (calls.get('ours') ?? 0) + 1);
        }
        return;
      }
      case 'severed':
        isSevered = true;
        backEnd.connect(false);
        return;
      case 'limited':
        backEnd.limit(fact.until);
        return;
      case 'cleared':
        clear();
    }
  };
  const watchLink = ({ actor }: Extract<Fact, { type: 'entered' }>['actor']['conversation']): void => {
    backEnd.be(actor.getSnapshot().context.capabilities);
    actor.subscribe({
      next: ({ value }) => {
        if (value.link === 'offline') isSevered = false;
        backEnd.connect(value.link !== 'offline' && !isSevered);
      },
      error: () => {},
    });
  };
  stage.listen(take);
  setInterval(() => eachMeter((meter) => meter.advance(Date.now())), tick);

  return {
    keys: () => keys,
    /** The calls of a player, and how wrong its indicator was. */
    of: (player: Player) => ({
      calls: calls.get(player) ?? 0,
      ...(meters.get(player)?.wrong() ?? { ms: 0, falselyLit: 0, longestFalse: 0 }),
    }),
  };
}

export type Score = ReturnType<typeof createScore>;
