import { createBrowserInspector, createWebSocketInspector } from '@statelyai/inspect';
import { createRedaction } from 'genesys-conversation-machine/inspect';

/**
 * What every inspector of the package is to be given. `serialize` is asked for each message before it leaves: no token
 * and no text of a message goes on (S18). Deeper than the package's own limit of 10, charts and contexts are cut.
 */
const options = { serialize: createRedaction(), serializationDepthLimit: 20 };

/**
 * Shows running charts in a page of yours. The package posts to that window whatever page stands in it by then, at any
 * origin, and opens a page of somebody else's where no frame is given.
 */
export const inFrame = (iframe: HTMLIFrameElement, url: string) =>
  createBrowserInspector({ ...options, iframe, url });

/** Tells a WebSocket server of yours, from a page or from Node. It tries again every 5 s until somebody is there. */
export const overWebSocket = (url: string) => createWebSocketInspector({ ...options, url });
