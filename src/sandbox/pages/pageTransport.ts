/** Every transport that the guest of the pages can speak. */
export const pageTransports = ['guest-rest', 'web-messaging', 'gateway'] as const;

/**
 * What the guest of the pages speaks: the sandbox's REST contract, the socket of Genesys Cloud's guests, or the REST
 * contract of a gateway that speaks Open Messaging with this sandbox.
 */
export type PageTransport = (typeof pageTransports)[number];
