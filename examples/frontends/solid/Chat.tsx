/** @jsxImportSource solid-js */
import { fromActorRef, useActorRef } from '@xstate/solid';
import { createSignal, For, onCleanup, onMount } from 'solid-js';
import { render } from 'solid-js/web';
import { fromObservable } from 'xstate';
import type { Guest } from '../shared/guest.ts';
import { join } from '../shared/join.ts';
import type { Mount } from '../shared/mount.ts';
import { sendsOnEnter } from '../shared/sendsOnEnter.ts';

function Chat({ guest }: { guest: Guest }) {
  const conversation = guest.converse();
  const [messages, show] = createSignal(guest.messages);
  const [text, setText] = createSignal('');
  const [problem, setProblem] = createSignal('');
  let list: HTMLOListElement | undefined;
  let box: HTMLTextAreaElement | undefined;
  let spoken: HTMLParagraphElement | undefined;

  // Of a view, not of the conversation: the store of @xstate/solid 2.0.0 writes into the objects that it is given.
  const isTyping = conversation.actor.select((state) => state.matches({ roster: 'someoneTyping' }));
  const view = fromActorRef(useActorRef(fromObservable(() => isTyping)));
  const [unread, setUnread] = createSignal(conversation.unread);

  onCleanup(conversation.on('unread.changed', ({ count }) => setUnread(count)));
  onMount(() => onCleanup(join(guest, conversation, { list, box, spoken, show })));

  const send = (event: Event) => {
    event.preventDefault();
    const words = text();
    if (words.trim() === '') return;
    setText('');
    setProblem('');
    conversation.sendMessage(words).catch(({ message }: Error) => {
      setText((later) => words + later);
      setProblem(`Not sent: ${message}`);
    });
  };
  return (
    <>
      <h2>
        Solid <small>{unread() > 0 ? `${unread()} unread` : ''}</small>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who cannot use a mouse scrolls it too. */}
      <div role="log" aria-label="Messages" tabIndex={0}>
        <ol ref={list}>
          <For each={messages()}>
            {({ messageId, participantId, text }) => (
              <li data-message-id={messageId} {...(participantId === guest.id ? own : {})}>
                {text}
              </li>
            )}
          </For>
        </ol>
      </div>
      <p class="typing" aria-hidden="true">
        {view().context ? 'The agent is typing…' : ''}
      </p>
      <p class="spoken" role="status" ref={spoken} />
      <form onSubmit={send}>
        <textarea
          aria-label="Your message"
          ref={box}
          value={text()}
          onInput={({ target }) => setText(target.value)}
          onKeyDown={(event) => sendsOnEnter(event) && send(event)}
        />
        <button type="submit">Send</button>
      </form>
      <p role="alert">{problem()}</p>
    </>
  );
}
const own = { class: 'own', 'aria-live': 'off' } as const;

/** Shows the chat in Solid. */
export const mount: Mount = (element, guest) => render(() => <Chat guest={guest} />, element);
