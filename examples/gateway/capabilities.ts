/**
 * What a back end of Open Messaging can do, as options of `guestRest`: a page asks the gateway and passes them on. There is no
 * word for “stopped”, and the agent is shown typing for about 5 s, so that it is told again just before that ends.
 */
export const capabilities = {
  stopTyping: false,
  messageEndsTyping: true,
  spacing: 5000,
  timeToLive: 5001,
} as const;
