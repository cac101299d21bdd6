import { readFile } from 'node:fs/promises';

/** The package whose version counts, by the name of the driver; `null` for what is in no package. */
const packages = {
  'stream-chat': 'stream-chat',
  ably: '@ably/chat',
  'amazon-connect': 'amazon-connect-chatjs',
  twilio: '@twilio/conversations',
  azure: '@azure/communication-chat',
  'bot-framework': 'botframework-webchat-core',
  pubnub: '@pubnub/chat',
  lodash: 'lodash.throttle',
  tutorial: null,
};

/** The peers, by the names of their drivers. */
export const names = Object.keys(packages);

/** One guest of that peer, with a conversation. README.md says what `world` is, and what comes back. */
export async function make(name, world) {
  const driver = await import(`./drivers/${name}.mjs`);
  const of = packages[name];
  const manifest =
    of && JSON.parse(await readFile(new URL(`node_modules/${of}/package.json`, import.meta.url), 'utf8'));
  const peer = await driver.make(world);
  return { version: manifest?.version ?? null, ...peer, ...(await peer.open('c1')) };
}
