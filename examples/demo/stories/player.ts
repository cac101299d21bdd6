import { element } from '../page/dom.ts';
import { counted } from '../page/format.ts';
import type { Mode } from '../page/settings.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';
import type { Fact, Side, Stage } from '../stage/createStage.ts';
import type { Score } from '../stage/score.ts';
import { openSecondTab, type SecondTab } from './secondTab.ts';
import { stories } from './stories.ts';
import type { Scene, Story } from './story.ts';
import { createWriter } from './writer.ts';

/** What stories are played with. */
export interface PlayerOptions {
  readonly buttons: HTMLElement;
  /** Says what to watch, and what it came to. */
  readonly line: HTMLElement;
  readonly stage: Stage;
  readonly score: Score;
  readonly sandbox: SandboxClient;
  readonly mode: Mode;
  /** Begins a conversation that nothing was said in. */
  readonly begin: () => Promise<unknown>;
}

const invitation =
  'In each a guest and an agent write by themselves, into the boxes below; or type into them yourself. The server that answers is on this machine and plays Genesys.';

/** Makes a button for each story; pressed again it stops. The address may name one to begin with, as `?story=429`. */
export function bindStories(options: PlayerOptions): void {
  const { buttons, line, stage, score, mode } = options;
  let playing: { readonly story: Story; readonly end: AbortController } | undefined;

  const made = stories.map((story) => {
    const button = element('button', { textContent: story.name });
    button.type = 'button';
    button.dataset.testid = `story-${story.id}`;
    button.addEventListener('click', () => {
      const wasPlaying = playing?.story === story;
      playing?.end.abort();
      if (!wasPlaying) void play(story);
    });
    return { story, button };
  });
  buttons.append(...made.map(({ button }) => button));
  const show = (): void => {
    for (const { story, button } of made) {
      const isPlaying = playing?.story === story;
      button.ariaPressed = String(isPlaying);
      if (isPlaying) button.scrollIntoView({ block: 'nearest', inline: 'nearest' }); // On a phone they are a strip.
    }
  };

  const play = async (story: Story): Promise<void> => {
    const [transport = mode] = story.modes ?? [];
    if (story.modes?.includes(mode) === false) {
      location.search = new URLSearchParams({ transport, story: story.id }).toString();
      return;
    }
    const end = new AbortController();
    playing = { story, end };
    show();
    line.textContent = story.watch;
    try {
      await perform(story, end.signal, options);
      line.textContent = `Over. ${summary(score)}`;
    } catch (thrown) {
      if (!end.signal.aborted) line.textContent = `The story broke off: ${(thrown as Error).message}`;
      else if (playing?.end === end) line.textContent = `Stopped. ${summary(score)}`;
    } finally {
      if (playing?.end === end) playing = undefined;
      show();
    }
  };

  show();
  line.textContent = invitation;
  const asked = new URLSearchParams(location.search).get('story');
  const first = stories.find(({ id }) => id === asked);
  if (first === undefined) return;
  const stop = stage.listen(({ type }) => {
    if (type !== 'ready') return;
    stop();
    void play(first);
  });
}

/** Plays a story from its fresh conversation to its end, and leaves nothing behind. */
async function perform(
  story: Story,
  signal: AbortSignal,
  { stage, sandbox, mode, begin }: PlayerOptions,
): Promise<void> {
  const until = (happened: (fact: Fact) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = stage.listen((fact) => {
        if (!happened(fact)) return;
        stop();
        resolve();
      });
      onAbort(signal, () => {
        stop();
        reject(signal.reason);
      });
    });
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      onAbort(signal, () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });

  let conversationId = '';
  const ready = until((fact) => {
    if (fact.type === 'ready') conversationId = fact.conversationId;
    return fact.type === 'ready';
  });
  await Promise.all([ready, begin()]);
  await wait(400);
  const actorOf = (side: Side) => {
    const actor = stage.actor(side);
    if (actor === undefined) throw new Error(`There is no ${side}.`);
    return actor;
  };
  let tab: SecondTab | undefined;
  const scene: Scene = {
    guest: createWriter(() => actorOf('guest'), wait),
    agent: createWriter(() => actorOf('agent'), wait),
    ...{ mode, sandbox, conversationId, wait, until },
    tell: stage.tell,
    connect: (isOnline) => {
      const { conversation } = actorOf('guest');
      if (isOnline) conversation.online();
      else conversation.offline();
    },
    secondTab: async () => {
      tab = await openSecondTab(sandbox, { conversationId, stage });
      const box = tab;
      return createWriter(() => box, wait);
    },
  };
  try {
    await story.play(scene);
  } finally {
    tab?.close();
    scene.connect(true);
    stage.tell({ type: 'limited', until: 0 });
    for (const side of ['guest', 'agent'] as const) stage.actor(side)?.empty();
    await sandbox.clearFaults();
  }
}

function onAbort(signal: AbortSignal, react: () => void): void {
  if (signal.aborted) react();
  else signal.addEventListener('abort', react, { once: true });
}

/** What a story came to, here and with the others. */
function summary(score: Score): string {
  const of = (player: Parameters<Score['of']>[0]): string => {
    const { calls, ms } = score.of(player);
    return `${counted(calls, 'call')}, wrong for ${(ms / 1000).toFixed(1)} s`;
  };
  return `${counted(score.keys(), 'key')}; here ${of('ours')}. A debounce by hand: ${of('debounce')}. lodash.throttle and lodash.debounce: ${of('lodash')}. A call per key: ${of('everyKey')}.`;
}
