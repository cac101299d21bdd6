import type { Conversation, ConversationActor } from 'genesys-conversation-machine';
import { element } from './dom.ts';

const questions = {
  typing: 'What has the agent been told?',
  receipts: 'How far has the guest read?',
  roster: 'Who else is typing?',
  link: 'May we call at all?',
} as const;

type Region = keyof typeof questions;
type StateValue = string | { readonly [state: string]: StateValue | undefined };

export function showStates(box: HTMLElement, { actor }: Conversation): () => void {
  const views = (Object.keys(questions) as Region[]).map((region) => createRegion(actor, region));
  box.replaceChildren(...views.map(({ root }) => root));
  const update = (value: StateValue) => {
    for (const { region, show } of views) show(pathIn(value, region));
  };
  update(actor.getSnapshot().value);
  const subscription = actor.subscribe({ next: ({ value }) => update(value), error: () => {} });
  return () => subscription.unsubscribe();
}

function createRegion(actor: ConversationActor, region: Region) {
  const pills = Object.keys(actor.logic.states[region]?.states ?? {}).map((name) => {
    const pill = element('li', { className: 'pill', textContent: name });
    pill.dataset.state = name;
    return pill;
  });
  const inner = element('span', { className: 'inner' });
  const root = element(
    'section',
    { className: 'region' },
    element('h3', { textContent: region }),
    element('p', { className: 'question', textContent: questions[region] }),
    element('div', { className: 'where' }, element('ol', { className: 'pills' }, ...pills), inner),
  );
  root.dataset.testid = `region-${region}`;

  const show = ([active = '', ...deeper]: string[]) => {
    for (const pill of pills) {
      if (pill.dataset.state === active) pill.setAttribute('aria-current', 'true');
      else pill.removeAttribute('aria-current');
    }
    inner.textContent = deeper.join(' › ');
    root.dataset.active = [active, ...deeper].join('.');
  };
  return { region, root, show };
}

function pathIn(value: StateValue | undefined, state: string): string[] {
  const inner = typeof value === 'object' ? value[state] : undefined;
  if (inner === undefined) return [];
  if (typeof inner === 'string') return [inner];
  const [child] = Object.keys(inner);
  return child === undefined ? [] : [child, ...pathIn(inner, child)];
}
