import type { FeedOnlyEvent, StreamEvent } from 'genesys-conversation-machine/sandbox';
import type { createCallList } from '../inspector/callList.ts';
import type { createDecisionFeed } from '../inspector/decisions.ts';

/** What a round of the demo shows itself with. */
export interface RoundOptions {
  readonly calls: ReturnType<typeof createCallList>;
  readonly decisions: ReturnType<typeof createDecisionFeed>;
  readonly report: (work: Promise<unknown>) => void;
  /** Called as soon as the sandbox's id of the conversation is known. */
  readonly onKnown: (conversationId: string) => void;
  /** Called when both sides can talk, with the same id. */
  readonly onReady: (conversationId: string) => void;
}

/** One guest in one conversation, and its agent. */
export interface Round {
  takeFeed(event: StreamEvent | FeedOnlyEvent): void;
  close(): void;
}
