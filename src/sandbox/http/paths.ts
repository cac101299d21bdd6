/** Where guests and bots call the REST contract. */
export const messagingPath = '/api/v2/conversations/messaging';

/** Where a bot's server is given its token. */
export const tokenPath = '/api/v2/oauth/token';

/** Where a server of one's own is given a token for the platform, at its login host. */
export const loginPath = '/oauth/token';

/** Where a web messaging guest opens its socket. */
export const socketPath = '/v1';

/** Where the control feed is opened; all paths beside it are control too. */
export const feedPath = '/sandbox/feed';
