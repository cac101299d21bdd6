import type { Mode } from '../page/settings.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';
import type { Fact } from '../stage/createStage.ts';

/** Somebody who writes because a story says so. */
export interface Writer {
  /** Writes a text key by key, as fast as people do, or with this time between two keys, ms. */
  type(text: string, gap?: number): Promise<void>;
  /** The same, and sends it. */
  say(text: string, gap?: number): Promise<void>;
  send(): void;
}

/** What a story plays with. Whatever waits here rejects when the story is stopped. */
export interface Scene {
  readonly guest: Writer;
  readonly agent: Writer;
  readonly mode: Mode;
  readonly sandbox: SandboxClient;
  readonly conversationId: string;
  wait(ms: number): Promise<void>;
  /** Waits until something happened. */
  until(happened: (fact: Fact) => boolean): Promise<void>;
  tell(fact: Fact): void;
  /** Cuts the guest off, or connects them again, as a browser says it. */
  connect(isOnline: boolean): void;
  /** Opens the conversation in a second tab. */
  secondTab(): Promise<Writer>;
}

/** Something that can be watched. */
export interface Story {
  readonly id: string;
  readonly name: string;
  /** What to watch, in a sentence. */
  readonly watch: string;
  /** The ways to a back end that it can be played over, the best first; absent: any. */
  readonly modes?: readonly Mode[];
  play(scene: Scene): Promise<void>;
}
