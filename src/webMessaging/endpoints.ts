import { urlsOf } from '../rest/orgUrl.ts';
import { invalidOption } from '../shared/errors.ts';
import { domainOf } from './regions.ts';

/** Where one deployment is reached. */
export interface Endpoints {
  /** The socket's address, complete; holds no token (S1). */
  readonly socket: string;
  /** The deployment's public configuration. */
  readonly config: string;
  /** A page of the guest's message history. */
  history(pageNumber: number, pageSize: number): string;
}

/** What {@link endpointsOf} reads. Exactly one of `region` and `endpoint` is given. */
export interface EndpointOptions {
  readonly deploymentId: string;
  readonly application: string;
  readonly region?: unknown;
  readonly endpoint?: unknown;
}

/**
 * Builds the three addresses from a region, or from one origin that serves all of them. Cleartext is for
 * loopback alone, decided by parsing (S6). Throws `invalid-option` that does not quote what came.
 */
export function endpointsOf(options: EndpointOptions): Endpoints {
  const { deploymentId, application, region, endpoint } = options;
  if ((region === undefined) === (endpoint === undefined)) {
    throw invalidOption('region', 'given, or else endpoint; one of the two and not both', region);
  }
  const [socketBase, configBase, restBase] =
    endpoint === undefined ? basesOf(domainOf(region)) : thrice(originOf(endpoint, deploymentId));
  const socket = new URL(urlsOf(socketBase)('v1'));
  socket.protocol = socket.protocol === 'https:' ? 'wss:' : 'ws:';
  socket.searchParams.set('deploymentId', deploymentId);
  if (application !== '') socket.searchParams.set('application', application);
  const history = urlsOf(restBase)('api', 'v2', 'webmessaging', 'messages');
  return {
    socket: socket.href,
    config: urlsOf(configBase)('webdeployments', 'v1', 'deployments', deploymentId, 'config.json'),
    history: (pageNumber, pageSize) => `${history}?pageNumber=${pageNumber}&pageSize=${pageSize}`,
  };
}

const basesOf = (domain: string) =>
  [`https://webmessaging.${domain}`, `https://api-cdn.${domain}`, `https://api.${domain}`] as const;

const thrice = (base: string) => [base, base, base] as const;

/** A socket's whole address, as a server of the protocol may print it. */
const socketAddress = /^(?<base>\w+:\/\/[^/?#]+)\/v1(?:\?deploymentId=(?<named>[\w-]+))?$/i;

/** The http form of an origin, or of a socket's address, that may be given as http, https, ws or wss. */
function originOf(endpoint: unknown, deploymentId: string): string {
  const expected = 'an origin such as https://chat.example.org (http and ws for loopback only)';
  if (typeof endpoint !== 'string' || !/^(https?|wss?):\/\//i.test(endpoint)) {
    throw invalidOption('endpoint', expected, endpoint);
  }
  const { base: bare = endpoint, named = deploymentId } = socketAddress.exec(endpoint)?.groups ?? {};
  if (named.toLowerCase() !== deploymentId.toLowerCase()) {
    throw invalidOption('endpoint', 'the address of the deployment that deploymentId names', endpoint);
  }
  const base = bare.replace(/^ws/i, 'http');
  try {
    const url = new URL(urlsOf(base)('v1'));
    if (url.pathname === '/v1') return url.origin;
  } catch {
    // Refused below, in this option's own words.
  }
  throw invalidOption('endpoint', expected, endpoint);
}
