/** Who is told what becomes of the page. */
export interface PageListener {
  hide?(): void;
  show?(): void;
  offline?(): void;
  online?(): void;
  freeze?(): void;
  resume?(): void;
}

export function bindPage(listener: PageListener): () => void {
  const listeners = new AbortController();
  const { signal } = listeners;
  const onVisibility = () => (document.hidden ? listener.hide?.() : listener.show?.());
  document.addEventListener('visibilitychange', onVisibility, { signal });
  window.addEventListener('offline', () => listener.offline?.(), { signal });
  window.addEventListener('online', () => listener.online?.(), { signal });
  window.addEventListener('pagehide', () => listener.freeze?.(), { signal });
  window.addEventListener('pageshow', () => listener.resume?.(), { signal });
  return () => listeners.abort();
}
