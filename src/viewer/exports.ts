import type { InspectorMessage } from '../inspect/types.ts';
import { type ConversationTrace, toTest, toTimeline, traceOf } from '../trace/index.ts';
import { byId } from './dom.ts';

/** What is to be exported: everything that was told, and the actor that is looked at. */
export interface Exported {
  readonly messages: readonly InspectorMessage[];
  readonly actor: string | undefined;
}

/** Lets somebody take away what a conversation did: as a trace, as a picture, as a test. */
export function bindExports(current: () => Exported): void {
  const dialog = byId<HTMLDialogElement>('exported');
  const text = byId<HTMLTextAreaElement>('exported-text');
  const words = byId('exported-words');

  const show = (heading: string, content: string): void => {
    words.textContent = heading;
    text.value = content;
    text.hidden = content === '';
    dialog.showModal();
    text.select();
  };
  const withTrace = (use: (trace: ConversationTrace) => void): void => {
    const { messages, actor } = current();
    const trace = (actor === undefined ? undefined : traceOf(messages, actor)) ?? traceOf(messages);
    if (trace) use(trace);
    else show('No conversation was open and at rest yet; a trace begins where one is.', '');
  };
  byId('exported-close').addEventListener('click', () => dialog.close());
  byId('save-trace').addEventListener('click', () =>
    withTrace((trace) =>
      save('conversation.trace.json', 'application/json', `${JSON.stringify(trace, null, 1)}\n`),
    ),
  );
  byId('save-picture').addEventListener('click', () =>
    withTrace((trace) => save('conversation.svg', 'image/svg+xml', toTimeline(trace))),
  );
  byId('copy-test').addEventListener('click', () =>
    withTrace((trace) => {
      const test = toTest(trace);
      const copied = navigator.clipboard?.writeText(test) ?? Promise.reject();
      copied.then(
        () => show('Copied. A test against genesys-conversation-machine/testing:', test),
        () => show('A test against genesys-conversation-machine/testing; copy it:', test),
      );
    }),
  );
}

function save(name: string, type: string, content: string): void {
  const link = document.createElement('a');
  link.download = name;
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
