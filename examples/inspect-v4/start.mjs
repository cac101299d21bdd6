import { startSandbox } from 'genesys-conversation-machine/sandbox';
import { serveBoth } from '../twoOrigins.mjs';

const { page, close } = await serveBoth(new URL('./', import.meta.url), startSandbox);
console.log(`A conversation, and what @xstate/inspect is told of it: ${page}`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, close);
