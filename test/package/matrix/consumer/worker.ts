import { play } from './play.ts';

addEventListener('message', ({ data }) => {
  play(data).then(postMessage, (error: Error) => postMessage(String(error)));
});
