import {
  checkBoolean,
  checkDelay,
  checkInteger,
  checkOneOf,
  checkRecord,
  checkString,
} from '../shared/validate.ts';

/** How a 429 says when to come back. */
export type RetryHint = 'retry-after' | 'inin-ratelimit-reset' | 'message';

/** What an administrator of Genesys Cloud sets, and how this sandbox plays it. Durations are ms of its clock. */
export interface OpenMessagingSettings {
  /** Where webhooks go; null for nowhere. Genesys itself takes https on port 443 only. Default: null. */
  webhookUrl: string | null;
  /** What webhooks are signed with, longer than 15 characters. */
  webhookSecret: string;
  /** Headers that go with every webhook. Default: none. */
  webhookHeaders: Readonly<Record<string, string>>;
  /** How long a webhook is waited for. Default 10 s, as Genesys says. */
  webhookTimeout: number;
  /** How long after a failed try the next one goes. Default 5 s, as Genesys says. */
  webhookPause: number;
  /** How often a webhook is tried again. Default 5, as Genesys says. */
  webhookRetries: number;
  /** Whether the agent is shown that the guest types. Default: false, as in a new org; the call is accepted all the same. */
  typingInbound: boolean;
  /** Whether the guest is told that the agent types. Default: false, as in a new org. */
  typingOutbound: boolean;
  /** Whether typing of a guest without a conversation opens one, as the operation's text says it may. Default: true. */
  typingOpens: boolean;
  /** How long after its end a guest's next message joins the conversation that was. Default 72 h; 0 for never. */
  threadingWindow: number;
  /** What an accepted call is answered with: Genesys documents both. Default 200. */
  acceptedStatus: 200 | 202;
  /** Most calls a minute of the client, all guests together. Default 300, as Genesys says. */
  callsPerMinute: number;
  /** How a 429 says when to come back. Default: all three ways. */
  retryHints: readonly RetryHint[];
}

const retryHints = ['retry-after', 'inin-ratelimit-reset', 'message'] as const satisfies readonly RetryHint[];

/** The settings of a new run. */
export const defaultSettings: OpenMessagingSettings = {
  webhookUrl: null,
  webhookSecret: 'sandbox-webhook-secret',
  webhookHeaders: {},
  webhookTimeout: 10_000,
  webhookPause: 5000,
  webhookRetries: 5,
  typingInbound: false,
  typingOutbound: false,
  typingOpens: true,
  threadingWindow: 72 * 3_600_000,
  acceptedStatus: 200,
  callsPerMinute: 300,
  retryHints,
};

type Check<T> = (name: string, value: unknown) => T;
const checks: { readonly [Name in keyof OpenMessagingSettings]: Check<OpenMessagingSettings[Name]> } = {
  webhookUrl: (name, value) => (value === null ? null : checkWebAddress(name, value)),
  webhookSecret: (name, value) => {
    if (checkString(name, value).length > 15) return value as string;
    throw new TypeError(`${name} must be longer than 15 characters`);
  },
  webhookHeaders: (name, value) => {
    const headers = checkRecord(name, value, Object.keys(value ?? {}));
    for (const [header, text] of Object.entries(headers)) checkString(`${name}.${header}`, text);
    return headers as Record<string, string>;
  },
  webhookTimeout: (name, value) => checkDelay(name, value, 1),
  webhookPause: (name, value) => checkDelay(name, value),
  webhookRetries: (name, value) => checkInteger(name, value, 0, 100),
  typingInbound: checkBoolean,
  typingOutbound: checkBoolean,
  typingOpens: checkBoolean,
  threadingWindow: (name, value) => checkDelay(name, value),
  acceptedStatus: (name, value) => {
    if (value === 200 || value === 202) return value;
    throw new TypeError(`${name} must be 200 or 202`);
  },
  callsPerMinute: (name, value) => checkInteger(name, value, 1, 1_000_000),
  retryHints: (name, value) => {
    if (!Array.isArray(value)) throw new TypeError(`${name} must be an array`);
    return value.map((hint) => checkOneOf(name, hint, retryHints));
  },
};

/** The settings with the changes that are given. Throws a `TypeError` that names what is wrong, and then none is made. */
export function withChanges(settings: OpenMessagingSettings, changes: unknown): OpenMessagingSettings {
  const names = Object.keys(checks) as (keyof OpenMessagingSettings)[];
  const given = checkRecord('openMessaging', changes, names);
  const checked = Object.entries(given).map(([name, value]) => [
    name,
    checks[name as keyof OpenMessagingSettings](name, value),
  ]);
  return { ...settings, ...Object.fromEntries(checked) };
}

function checkWebAddress(name: string, value: unknown): string {
  const text = checkString(name, value, 2048);
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new TypeError(`${name} must be an absolute http or https address, or null`);
}
