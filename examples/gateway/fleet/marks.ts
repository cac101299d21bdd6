/** A guest's mark of what they have read, held against what the gateway has acknowledged to them, call by call. */
export interface Marks {
  /** The guest's call for a message was acknowledged. */
  acknowledged(messageId: string): void;
  /** The gateway is asked for the mark; call the result with what it answers. */
  ask(): (messageId: string | undefined) => void;
  /** A stream has told the mark. */
  told(messageId: string): void;
  /** What is wrong, by the places that messages have in the conversation: `order` is what the gateway keeps. */
  judge(order: readonly string[]): readonly string[];
}

/**
 * Watches a guest's own mark. The mark that the gateway keeps may never stand before a message that it had acknowledged when it was
 * asked. Frames of two marks may come in either order, by way of two processes, so that they are held to name what the
 * guest has called for; messages, too, may arrive in another order than the one that they stand in, so that places are those of the end.
 */
export function createMarks(called: (messageId: string) => boolean): Marks {
  const acknowledged: string[] = [];
  const answers: { readonly messageId: string | undefined; readonly after: number }[] = [];
  const wrong: string[] = [];
  return {
    acknowledged: (messageId) => {
      acknowledged.push(messageId);
    },
    ask: () => {
      const after = acknowledged.length;
      return (messageId) => {
        answers.push({ messageId, after });
      };
    },
    told: (messageId) => {
      if (!called(messageId)) wrong.push('a mark was told that nobody had set');
    },
    judge: (order) => {
      const places = new Map(order.map((messageId, place) => [messageId, place]));
      const placeOf = (messageId: string | undefined): number => places.get(messageId ?? '') ?? -1;
      const furthest = (count: number): number => Math.max(-1, ...acknowledged.slice(0, count).map(placeOf));
      const back = answers.filter(({ messageId, after }) => placeOf(messageId) < furthest(after));
      return [...wrong, ...back.map(() => 'a mark was lost, or went backwards')];
    },
  };
}
