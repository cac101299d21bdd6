import type { ViewerBatch } from '../inspect/connectViewer.ts';
import { viewerHello } from '../inspect/connectViewer.ts';

/**
 * Asks the page that opened or frames this one to be told what happens there, and takes it from nobody else: the
 * window is that one, and its origin is one that the server of this page named.
 */
export function listenToPage(take: (batch: ViewerBatch) => void): void {
  const origins = new Set([location.origin, ...namedOrigins()]);
  const page: Window | null = window.opener ?? (window.parent === window ? null : window.parent);
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (page === null || event.source !== page || !origins.has(event.origin)) return;
    if (isBatch(event.data)) take(event.data);
  });
  // It says nothing but that somebody is here: who that page is cannot be known before it answers.
  page?.postMessage(viewerHello, '*');
}

function namedOrigins(): string[] {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="inspector-origins"]');
  return (meta?.content ?? '').split(' ').filter((origin) => origin !== '');
}

function isBatch(data: unknown): data is ViewerBatch {
  const { type, now, messages } = (data ?? {}) as Partial<ViewerBatch>;
  return type === 'genesys-inspector.batch' && typeof now === 'number' && Array.isArray(messages);
}
