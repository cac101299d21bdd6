import { v4 as uuid } from 'uuid';
import type { Switches } from '../shared/switches.ts';
import { checkBoolean, checkInteger, checkOneOf, checkRecord, checkString } from '../shared/validate.ts';

const statuses = ['Active', 'Inactive'] as const;
const disconnectTypes = ['Send', 'ReadOnly'] as const;
const whenOff = ['refuse', 'ignore'] as const;
const longestSession = 550 * 24 * 3600;

interface Switch {
  enabled: boolean;
}

/**
 * How a deployment is set up. All but `typingWhenOff` is told to clients in its `config.json`.
 *
 * - `status`: the sockets of an inactive deployment are refused (default `'Active'`).
 * - `showUserTypingIndicator`: whether a guest may show that they type (default true, unlike in the product).
 *   `typingWhenOff` says what becomes of a guest's typing otherwise: `'refuse'` (default) answers with an error frame of
 *   the code 403, `'ignore'` with nothing.
 * - `showAgentTypingIndicator`: whether clients should show an agent's typing; it is sent in either case (default true).
 * - `autoStart`: whether clients should start a conversation by a Join event (default off).
 * - `conversationDisconnect`: what a guest learns of the agent's end of the conversation (default: a Disconnect event,
 *   and a session that is read-only from then on). With the type `'Send'`, or without the event, the guest's next
 *   message opens the conversation again.
 * - `conversationClear`: whether a guest may clear the conversation (default on).
 * - `notifications`: push notifications, which the sandbox does not have (default off).
 * - `sessionDurationSeconds`: how long a session lasts after its last message (default 259200, three days).
 */
export interface DeploymentSettings {
  status: (typeof statuses)[number];
  showUserTypingIndicator: boolean;
  typingWhenOff: (typeof whenOff)[number];
  showAgentTypingIndicator: boolean;
  autoStart: Switch;
  conversationDisconnect: Switch & { type: (typeof disconnectTypes)[number] };
  conversationClear: Switch;
  notifications: Switch;
  sessionDurationSeconds: number;
}

const defaults: DeploymentSettings = {
  status: 'Active',
  showUserTypingIndicator: true,
  typingWhenOff: 'refuse',
  showAgentTypingIndicator: true,
  autoStart: { enabled: false },
  conversationDisconnect: { enabled: true, type: 'ReadOnly' },
  conversationClear: { enabled: true },
  notifications: { enabled: false },
  sessionDurationSeconds: 259_200,
};

/** The deployments of a run: one of its own, and those the options name. */
export class Deployments {
  /** The id of the run's own deployment. */
  readonly ownId = uuid();
  readonly #switches: Readonly<Switches>;
  readonly #settings = new Map<string, DeploymentSettings>();

  constructor(others: readonly string[], switches: Readonly<Switches>) {
    this.#switches = switches;
    for (const id of [this.ownId, ...others]) this.#settings.set(id, structuredClone(defaults));
  }

  /** A deployment's settings, or undefined when there is no such deployment. */
  find(deploymentId: unknown): DeploymentSettings | undefined {
    return typeof deploymentId === 'string' ? this.#settings.get(deploymentId) : undefined;
  }

  /** A deployment's settings. Throws a `TypeError` when there is no such deployment. */
  get(deploymentId: string): DeploymentSettings {
    const settings = this.find(deploymentId);
    if (settings === undefined) throw new TypeError('deploymentId names no deployment of this sandbox');
    return settings;
  }

  /** A deployment's settings, with typing off when it is off for the whole sandbox. */
  effective(deploymentId: string): DeploymentSettings {
    const settings = this.get(deploymentId);
    const showUserTypingIndicator = settings.showUserTypingIndicator && this.#switches.typingEnabled;
    return { ...settings, showUserTypingIndicator };
  }

  /** Changes the settings that are given. Throws a `TypeError` that names what is wrong, and then changes nothing. */
  configure(changes: unknown, deploymentId = this.ownId): DeploymentSettings {
    const known = this.get(deploymentId);
    const given = checkRecord('settings', changes, Object.keys(defaults));
    const changed = { ...known };
    for (const [name, value] of Object.entries(given)) {
      if (value !== undefined) Object.assign(changed, { [name]: parseSetting(name, value, known) });
    }
    this.#settings.set(deploymentId, changed);
    return structuredClone(changed);
  }
}

/** What `config.json` says of a deployment; `host` is the host and port the client called. */
export function configOf(deploymentId: string, settings: DeploymentSettings, host: string): object {
  const { status, typingWhenOff: _, ...conversations } = settings;
  return {
    id: deploymentId,
    version: '1',
    languages: ['en-us'],
    defaultLanguage: 'en-us',
    apiEndpoint: `http://${host}`,
    messenger: {
      enabled: true,
      apps: { conversations: { messagingEndpoint: `ws://${host}`, ...conversations } },
      styles: { primaryColor: '#2A60C8' },
      launcherButton: { visibility: 'On' },
      fileUpload: { modes: [] },
    },
    journeyEvents: { enabled: false },
    status,
    auth: { enabled: false, allowSessionUpgrade: false },
  };
}

function parseSetting(name: string, value: unknown, known: DeploymentSettings): unknown {
  switch (name as keyof DeploymentSettings) {
    case 'status':
      return checkOneOf(name, value, statuses);
    case 'typingWhenOff':
      return checkOneOf(name, value, whenOff);
    case 'showUserTypingIndicator':
    case 'showAgentTypingIndicator':
      return checkBoolean(name, value);
    case 'sessionDurationSeconds':
      return checkInteger(name, value, 1, longestSession);
    case 'conversationDisconnect': {
      const { enabled, type } = checkRecord(name, value, ['enabled', 'type']);
      return {
        enabled: checkBoolean(`${name}.enabled`, enabled),
        type:
          type === undefined
            ? known.conversationDisconnect.type
            : checkOneOf(`${name}.type`, type, disconnectTypes),
      };
    }
    default: {
      const { enabled } = checkRecord(name, value, ['enabled']);
      return { enabled: checkBoolean(`${name}.enabled`, enabled) };
    }
  }
}

/** Checks the ids of further deployments. Throws a `TypeError`. */
export function checkDeployments(value: unknown): string[] {
  if (!Array.isArray(value)) throw new TypeError('deployments must be an array of deployment ids');
  return value.map((id) => {
    if (/^[\w-]{1,128}$/.test(checkString('a deployment id', id))) return id as string;
    throw new TypeError('a deployment id must consist of 1 to 128 letters, digits, hyphens and underscores');
  });
}
