/** Tells the back end that the guest types, or no longer. Rejects where it is refused. */
type Post = (isTyping: boolean) => Promise<void>;

/** How others turn keys into calls. */
export interface Rival {
  key(): void;
  sent(): void;
  /** Leaves no timer. */
  end(): void;
}

export type MakeRival = (post: Post) => Rival;
