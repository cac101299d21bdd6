import type { Conversation } from 'genesys-conversation-machine';
import { createRegion } from './region.ts';

const questions = {
  typing: 'What has the agent been told?',
  receipts: 'How far has the guest read?',
  roster: 'Who else is typing?',
  link: 'May we call at all?',
} as const;

type Region = keyof typeof questions;
type StateValue = string | { readonly [state: string]: StateValue | undefined };

export function showConversation(box: HTMLElement, { actor }: Conversation): () => void {
  const views = (Object.keys(questions) as Region[]).map((region) => ({
    region,
    ...createRegion(region, questions[region], Object.keys(actor.logic.states[region]?.states ?? {})),
  }));
  box.replaceChildren(...views.map(({ root }) => root));
  const update = (value: StateValue) => {
    for (const { region, show } of views) show(pathIn(value, region));
  };
  update(actor.getSnapshot().value);
  const subscription = actor.subscribe({ next: ({ value }) => update(value), error: () => {} });
  return () => subscription.unsubscribe();
}

function pathIn(value: StateValue | undefined, state: string): string[] {
  const inner = typeof value === 'object' ? value[state] : undefined;
  if (inner === undefined) return [];
  if (typeof inner === 'string') return [inner];
  const [child] = Object.keys(inner);
  return child === undefined ? [] : [child, ...pathIn(inner, child)];
}
