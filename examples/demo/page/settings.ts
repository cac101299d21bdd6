/**
 * What this page runs over. `org` is the socket of a real Genesys Cloud org, `gateway-org` a gateway with a real org behind
 * it; the others end at the sandbox.
 */
export type Mode = Settings['mode'];

export type Settings =
  | { readonly mode: 'guest-rest'; readonly secret: string }
  | { readonly mode: 'web-messaging'; readonly secret: string; readonly deploymentId: string }
  | { readonly mode: 'gateway'; readonly secret: string; readonly gatewayUrl: string }
  | { readonly mode: 'org'; readonly region: string; readonly deploymentId: string }
  | { readonly mode: 'gateway-org'; readonly region: string; readonly gatewayUrl: string };

/** Where a gateway is, as the server wrote it into the page; empty where there is none. */
export const gatewayUrl = (): string => meta('gateway-url');

/** Reads what the server wrote into the page; the address decides between the ways to the sandbox. */
export function readSettings(): Settings | null {
  const region = meta('genesys-region');
  if (region !== '' && gatewayUrl() !== '') return { mode: 'gateway-org', region, gatewayUrl: gatewayUrl() };
  if (region !== '') return { mode: 'org', region, deploymentId: meta('genesys-deployment') };
  const secret = meta('sandbox-secret');
  if (secret === '') return null;
  const chosen = new URLSearchParams(location.search).get('transport') ?? meta('sandbox-transport');
  if (chosen === 'gateway' && gatewayUrl() !== '')
    return { mode: 'gateway', secret, gatewayUrl: gatewayUrl() };
  return chosen === 'web-messaging'
    ? { mode: chosen, secret, deploymentId: meta('sandbox-deployment') }
    : { mode: 'guest-rest', secret };
}

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name=${name}]`)?.content ?? '';
}
