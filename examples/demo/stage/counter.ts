import type { TransportCapabilities } from 'genesys-conversation-machine';
import { element } from '../page/dom.ts';
import { counted } from '../page/format.ts';
import type { Stage } from './createStage.ts';
import type { Score } from './score.ts';

/** A light that was false for no longer than this nobody has seen, ms. */
const seen = 250;

/** Says in the first line what all of it comes to: `37 keys → 3 calls; the agent never saw a false light`. */
export function showCounter(line: HTMLElement, stage: Stage, score: Score, hasAgent: boolean): void {
  let canStop = true;
  stage.listen((fact) => {
    if (fact.type !== 'entered' || fact.side !== 'guest') return;
    const { capabilities } = fact.actor.conversation.actor.getSnapshot().context;
    canStop = (capabilities satisfies TransportCapabilities).stopTyping;
  });
  const write = (): void => {
    const { calls, falselyLit, longestFalse } = score.of('ours');
    const parts = [
      `${counted(score.keys(), 'key')} → ${counted(calls, 'call')}`,
      ...(hasAgent ? [judgement(falselyLit, longestFalse, canStop)] : []),
    ];
    if (line.textContent === parts.join('; ')) return;
    const [figures = '', ...rest] = parts;
    line.replaceChildren(
      element('b', { textContent: figures }),
      ...rest.map((text) => element('span', { textContent: `; ${text}` })),
    );
  };
  write();
  setInterval(write, 250);
}

function judgement(falselyLit: number, longestFalse: number, canStop: boolean): string {
  if (longestFalse <= seen) return 'the agent never saw a false light';
  const seconds = `${(falselyLit / 1000).toFixed(1)} s`;
  return canStop ? `the agent saw a false light for ${seconds}` : `lit ${seconds} too long: no stop here`;
}
