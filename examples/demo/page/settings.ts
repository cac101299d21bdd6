/** What this page runs over. `org` is the socket of a real Genesys Cloud org. */
export type Mode = 'guest-rest' | 'web-messaging' | 'org';

export type Settings =
  | { readonly mode: 'guest-rest'; readonly secret: string }
  | { readonly mode: 'web-messaging'; readonly secret: string; readonly deploymentId: string }
  | { readonly mode: 'org'; readonly region: string; readonly deploymentId: string };

/** Reads what the server wrote into the page; the address decides between the sandbox's two transports. */
export function readSettings(): Settings | null {
  const region = meta('genesys-region');
  if (region !== '') return { mode: 'org', region, deploymentId: meta('genesys-deployment') };
  const secret = meta('sandbox-secret');
  if (secret === '') return null;
  const chosen = new URLSearchParams(location.search).get('transport') ?? meta('sandbox-transport');
  return chosen === 'web-messaging'
    ? { mode: chosen, secret, deploymentId: meta('sandbox-deployment') }
    : { mode: 'guest-rest', secret };
}

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name=${name}]`)?.content ?? '';
}
