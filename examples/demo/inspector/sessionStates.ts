import type { SessionState, WebMessaging } from 'genesys-conversation-machine';
import { createRegion } from './region.ts';

const states = [
  'idle',
  'connecting',
  'configuring',
  'configured',
  'readOnly',
  'reconnecting',
  'closed',
  'failed',
] as const satisfies readonly SessionState[];

/** Shows the states of the session machine, above those of the conversation. */
export function showSession(box: HTMLElement, session: WebMessaging): () => void {
  const { root, show } = createRegion('session', 'How does the guest’s one socket stand?', states);
  box.prepend(root);
  const update = () => show([session.state, ...insideOf(session.actor.getSnapshot().value)]);
  update();
  const subscription = session.actor.subscribe({ next: update, error: () => {} });
  return () => {
    subscription.unsubscribe();
    root.remove();
  };
}

/** The states of the regions within, as in `health listening`. */
function insideOf(value: unknown): string[] {
  const live = inner(value, 'live') ?? value;
  const deeper = inner(live, 'configured') ?? inner(live, 'configuring') ?? inner(live, 'reconnecting');
  if (typeof deeper === 'string') return [deeper];
  if (typeof deeper !== 'object' || deeper === null) return [];
  return [
    Object.entries(deeper)
      .map(([region, state]) => `${region} ${state}`)
      .join(', '),
  ];
}

function inner(value: unknown, state: string): unknown {
  return typeof value === 'object' ? (value as Record<string, unknown> | null)?.[state] : undefined;
}
