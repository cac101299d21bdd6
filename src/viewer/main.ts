import { createChartView } from './chartView.ts';
import { createContextTree } from './contextTree.ts';
import { byId } from './dom.ts';
import { bindExports } from './exports.ts';
import { createHistory } from './history.ts';
import { listenToPage } from './link.ts';
import type { Shown } from './model.ts';
import { createSequence } from './sequence.ts';
import { createTimerBars } from './timerBars.ts';

const picker = byId<HTMLSelectElement>('actor');
const pauseButton = byId<HTMLButtonElement>('pause');
const part = byId<HTMLSelectElement>('part');
const search = byId<HTMLInputElement>('search');

const history = createHistory();
const chart = createChartView(byId('chart'));
const showTimers = createTimerBars(byId('timers'));
const showContext = createContextTree(byId('context'));
const showSequence = createSequence(byId('sequence'), (n) => act(() => history.goTo(n)));

/** How far the clock of the page that is looked at is ahead of this page's, ms. */
let ahead = 0;
let isDirty = true;
let isScheduled = false;
/** When the lists were drawn last; who is told a thousand things a second cannot read a thousand lists. */
let listedAt = 0;
const listEvery = 120;

listenToPage(({ now, isFirst, messages }) => {
  if (isFirst) history.clear();
  ahead = now - performance.now();
  history.add(messages);
  wake();
});

/** Draws in the next frame, and goes on while a bar shrinks. */
function wake(): void {
  isDirty = true;
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(frame);
}

function frame(): void {
  isScheduled = false;
  const actor = picked();
  const now = performance.now();
  if (isDirty) {
    chart.show(actor);
    showState(actor);
    isDirty = now - listedAt < listEvery;
    if (!isDirty) {
      listedAt = now;
      showContext(actor?.context);
      showSequence(history.model.steps, search.value);
    }
  }
  showTimers(actor, history.isPaused ? history.model.at : now + ahead);
  const isMoving = !history.isPaused && (actor?.timers.size ?? 0) > 0;
  if ((isDirty || isMoving) && !isScheduled) {
    isScheduled = true;
    requestAnimationFrame(frame);
  }
}

/** The actor that is looked at: the one that was chosen, or the newest conversation. */
function picked(): Shown | undefined {
  const machines = [...history.model.actors.values()].filter((actor) => actor.chart !== undefined);
  const ids = machines.map(({ id }) => id).join();
  if (picker.dataset.ids !== ids) {
    const before = picker.value;
    picker.dataset.ids = ids;
    picker.replaceChildren(...machines.map(({ id, name }) => new Option(`${name} (${id})`, id)));
    const chosen = machines.some(({ id }) => id === before)
      ? before
      : machines.find(({ name }) => name === 'conversation')?.id;
    if (chosen !== undefined) picker.value = chosen;
  }
  const actor = machines.find(({ id }) => id === picker.value);
  if (part.dataset.of !== actor?.name) offerParts(actor);
  return actor;
}

/** What of a chart can be brought near: its outermost states that hold others. */
function offerParts(actor: Shown | undefined): void {
  part.dataset.of = actor?.name ?? '';
  const outer = (actor?.chart?.states ?? []).filter(
    ({ path, type }) => path !== '' && !path.includes('.') && type !== 'atomic' && type !== 'final',
  );
  part.replaceChildren(new Option('all of it', ''), ...outer.map(({ path, name }) => new Option(name, path)));
  chart.zoom('');
}

function showState(actor: Shown | undefined): void {
  document.body.classList.toggle('empty', actor === undefined);
  document.body.classList.toggle('paused', history.isPaused);
  pauseButton.setAttribute('aria-pressed', String(history.isPaused));
  byId('place').textContent = history.isPaused ? `${history.place} of ${history.length}` : 'live';
  const leaves = [...(actor?.active ?? [])].filter(
    (path, _, all) => !all.some((other) => other.startsWith(`${path}.`)),
  );
  byId('states').textContent = [actor?.status === 'active' ? '' : actor?.status, ...leaves]
    .filter((each) => each !== undefined && each !== '')
    .join(' · ')
    .replaceAll('.', ' › ');
}

function act(what: () => void): void {
  what();
  wake();
}

const acts: Readonly<Record<string, () => void>> = {
  p: () => (history.isPaused ? history.goLive() : history.pause()),
  ArrowLeft: () => history.step(-1),
  ArrowRight: () => history.step(1),
  l: () => history.goLive(),
  '/': () => search.focus(),
};

bindExports(() => ({ messages: history.shown(), actor: picker.value || undefined }));
pauseButton.addEventListener('click', () => act(acts.p ?? (() => {})));
byId('back').addEventListener('click', () => act(() => history.step(-1)));
byId('forth').addEventListener('click', () => act(() => history.step(1)));
picker.addEventListener('change', wake);
part.addEventListener('change', () => chart.zoom(part.value));
search.addEventListener('input', wake);
byId('chart').addEventListener('drawn', wake);
document.addEventListener('keydown', (event) => {
  const isWriting =
    event.target instanceof HTMLInputElement ||
    event.target instanceof HTMLSelectElement ||
    event.target instanceof HTMLTextAreaElement;
  if (event.key === 'Escape' && isWriting) (event.target as HTMLElement).blur();
  const what = acts[event.key];
  if (what === undefined || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act(what);
});
