import { element } from '../page/dom.ts';
import type { Fact, Stage } from '../stage/createStage.ts';
import type { Look } from '../stage/lightMeter.ts';
import { createScore, type Player, type Score } from '../stage/score.ts';
import { createFilm, type OpenBar } from './film.ts';
import { isPlayer, laneIndex, lanes } from './lanes.ts';
import { watchWaits } from './waits.ts';

const lookLabels: Readonly<Record<Look, string>> = {
  dark: '',
  right: 'is typing…',
  false: 'false light',
  missing: 'missing',
};

const othersName = 'What the agent would see of the same keys, by other means:';

const invitation =
  'Here the last seconds pass by: each key, what the agent sees of it, and every call. Below them, what others make of the same keys.';

/** How often figures are written, ms. */
const writeEvery = 250;

/** Draws the last seconds, and counts beside them. Returns the score. */
export function showTimeline(box: HTMLElement, stage: Stage): Score {
  const plot = element('div', { className: 'plot' });
  plot.setAttribute('aria-hidden', 'true'); // The figures say it in words, and the lists below say all of it.
  plot.append(element('p', { className: 'plot-hint', textContent: invitation }));
  const figures = new Map<Player, HTMLElement>();
  box.append(
    element('span', { className: 'axis-name', textContent: 'The last seconds' }),
    element('span', { className: 'axis-figures', textContent: 'calls · wrong' }),
    element('span', { className: 'others-name', textContent: othersName }),
    plot,
  );
  for (const [index, { id, name, hint }] of lanes.entries()) {
    const label = element('span', { className: 'lane-name', textContent: name, title: hint });
    label.dataset.lane = id;
    label.style.setProperty('--lane', String(index));
    box.append(label);
    if (!isPlayer(id)) continue;
    const figure = element('span', { className: 'lane-figures' });
    figure.dataset.lane = id;
    figure.dataset.testid = `score-${id}`;
    figure.style.setProperty('--lane', String(index));
    figures.set(id, figure);
    box.append(figure);
  }

  const film = createFilm(plot);
  const looks = new Map<Player, OpenBar>();
  const score = createScore(stage, (player, look, at) => {
    looks.get(player)?.end(at);
    looks.delete(player);
    if (look !== 'dark')
      looks.set(
        player,
        film.bar(
          laneIndex(player),
          `${player === 'ours' ? 'look' : 'look other'} ${look}`,
          at,
          lookLabels[look],
        ),
      );
  });
  const waits = watchWaits(film);
  const calls = new Map<string, number | string | null>();
  const reads = laneIndex('reads');

  stage.listen((fact: Fact) => {
    waits.take(fact);
    switch (fact.type) {
      case 'entered': {
        const { conversation } = fact.actor;
        if (fact.side === 'agent') return;
        let unread: OpenBar | undefined;
        conversation.on('unread.changed', ({ count }) => {
          unread?.end(Date.now());
          unread = count === 0 ? undefined : film.bar(reads, 'to-read', Date.now(), `${count} unread`);
        });
        conversation.on('peer.read', () => film.point(reads, 'seen', Date.now(), '✓✓ read'));
        return;
      }
      case 'key':
        film.point(laneIndex('keys'), fact.tab === 1 ? 'key' : 'key second', fact.at);
        return;
      case 'arrived':
        film.point(reads, 'said', fact.at);
        return;
      case 'call': {
        const { key, time, verb, status } = fact.row;
        if (status === null || calls.has(key)) return;
        calls.set(key, status);
        if (calls.size > 500) calls.delete(calls.keys().next().value ?? '');
        const isGood = status === 'sent' || (typeof status === 'number' && status < 400);
        const tone = isGood ? 'good' : 'bad';
        const says = isGood ? '✓' : `✗ ${status}`;
        if (/^typing/.test(verb))
          film.point(laneIndex('calls'), `call ${tone}`, time, `${verb.slice(7)} ${says}`);
        if (verb === 'read') film.point(reads, `call ${tone}`, time, `read ${says}`);
        return;
      }
      case 'cleared':
        looks.clear();
        calls.clear();
        film.clear();
        return;
      default:
    }
  });

  const write = (): void => {
    for (const [player, figure] of figures) {
      const { calls: count, ms } = score.of(player);
      const text = `${count} · ${(ms / 1000).toFixed(1)} s`;
      if (figure.textContent === text) continue;
      figure.textContent = text;
      figure.ariaLabel = `${count} calls, wrong for ${(ms / 1000).toFixed(1)} seconds`;
      figure.dataset.isWrong = String(ms > 1000);
    }
  };
  write();
  setInterval(write, writeEvery);
  return score;
}
