export { createHub } from './createHub.ts';
export type { Hub, HubConversation, HubListener, HubOptions, HubStats } from './types.ts';
