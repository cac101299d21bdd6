/** Every transport that the guest of the pages can speak. */
export const pageTransports = ['guest-rest', 'web-messaging'] as const;

/** What the guest of the pages speaks: the sandbox's REST contract, or the socket of Genesys Cloud's guests. */
export type PageTransport = (typeof pageTransports)[number];
