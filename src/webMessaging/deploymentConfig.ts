import type { SessionFailure } from '../../machines/session/types.ts';
import { field, text } from '../shared/json.ts';
import type { GetJson } from './getJson.ts';

/** What a deployment's public configuration says about typing, by its own names. */
export interface DeploymentView {
  /** Whether guests show that they type. Where it is false no typing signal leaves. */
  readonly showUserTypingIndicator: boolean;
  /**
   * Whether an application is to show that an agent types. The session tells of it in either case, as Genesys' own
   * mobile SDK does: what is shown is the application's.
   */
  readonly showAgentTypingIndicator: boolean;
}

/** What a deployment's public configuration says about a session. */
export interface Deployment {
  /** Null where that cannot be had. */
  readonly view: DeploymentView | null;
  readonly autoStart: boolean;
}

/** A deployment that there is no point in connecting to. */
export interface NoDeployment {
  readonly refused: SessionFailure;
}

/** Loads the public configuration once. */
export interface DeploymentLoader {
  /** What the configuration says; nothing of typing where it cannot be had now, which stands in nobody's way. */
  load(signal: AbortSignal): Promise<Deployment | NoDeployment>;
  /** Notes how a handshake went. Where they fail one after the other, it is looked again whether the deployment is there. */
  noteHandshake(hasWorked: boolean): void;
}

const unknown: Deployment = { view: null, autoStart: false };
const about = { route: 'GET /webdeployments/v1/deployments/{deploymentId}/config.json' };

/** How many handshakes may fail in a row before the configuration is loaded again. */
const mostFailed = 3;

/** A loader for the configuration at `url`; `report` is told once of one that cannot be read. */
export function deploymentLoader(
  url: string,
  getJson: GetJson,
  report: (message: string) => void,
): DeploymentLoader {
  let known = unknown;
  let fresh: Deployment | undefined;
  let hasReported = false;
  let failedHandshakes = 0;

  const fallBack = (): Deployment => {
    if (!hasReported) {
      report('The deployment configuration could not be read; connecting without it.');
    }
    hasReported = true;
    return known;
  };

  return {
    load: async (signal) => {
      if (fresh !== undefined) return fresh;
      const reply = await getJson(url, {}, signal, about).catch(() => undefined);
      if (reply === undefined) return fallBack();
      if (isGone(reply)) return { refused: notThere(reply.status) };
      if (typeof reply.value !== 'object' || reply.value === null) return fallBack();
      if (text(reply.value, 'status') === 'Inactive') return { refused: inactive };
      fresh = read(reply.value);
      known = fresh;
      return fresh;
    },
    noteHandshake: (hasWorked) => {
      failedHandshakes = hasWorked ? 0 : failedHandshakes + 1;
      if (failedHandshakes >= mostFailed) {
        failedHandshakes = 0;
        fresh = undefined;
      }
    },
  };
}

/** Typing is shown where a flag says so; where it is absent its default holds, which is off. */
function read(config: unknown): Deployment {
  const conversations = field(field(field(config, 'messenger'), 'apps'), 'conversations');
  return {
    view: Object.freeze({
      showUserTypingIndicator: field(conversations, 'showUserTypingIndicator') === true,
      showAgentTypingIndicator: field(conversations, 'showAgentTypingIndicator') === true,
    }),
    autoStart: field(field(conversations, 'autoStart'), 'enabled') === true,
  };
}

/** A proxy's page is no word on the deployment; the socket's own answer is. */
const isGone = ({ status, isForeign }: { readonly status: number; readonly isForeign: boolean }): boolean =>
  (status === 404 || status === 410) && !isForeign;

const notThere = (status: number): SessionFailure => ({
  code: 'not-found',
  status,
  message: 'There is no such deployment; check deploymentId and region.',
});

const inactive: SessionFailure = {
  code: 'forbidden',
  message: 'The deployment is switched off; activate it, then connect again.',
};
