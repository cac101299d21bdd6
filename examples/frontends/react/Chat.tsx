/** @jsxImportSource react */
import { useSelector } from '@xstate/react';
import { StrictMode, type SyntheticEvent, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import type { Guest } from '../shared/guest.ts';
import { join } from '../shared/join.ts';
import type { Mount } from '../shared/mount.ts';
import { sendsOnEnter } from '../shared/sendsOnEnter.ts';

function Chat({ guest }: { guest: Guest }) {
  const [conversation, setConversation] = useState(guest.converse);
  const [messages, show] = useState(guest.messages);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [list, box] = [useRef<HTMLOListElement>(null), useRef<HTMLTextAreaElement>(null)];
  const spoken = useRef<HTMLParagraphElement>(null);
  const isTyping = useSelector(conversation.actor, (state) => state.matches({ roster: 'someoneTyping' }));
  const unread = useSelector(conversation.actor, () => conversation.unread);

  // StrictMode and a hot reload run an effect, undo it and run it again at once: `start()` takes `leave()` back then.
  // A component that comes back later, as from an <Activity>, finds its conversation stopped and gets another.
  useEffect(() => {
    const isOver = conversation.actor.getSnapshot().status === 'stopped';
    if (isOver) return setConversation(guest.converse);
    const parts = { list: list.current, box: box.current, spoken: spoken.current, show };
    return join(guest, conversation, parts);
  }, [guest, conversation, list, box]);

  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    setText('');
    setProblem('');
    conversation.sendMessage(text).catch(({ message }: Error) => {
      setText((later) => text + later);
      setProblem(`Not sent: ${message}`);
    });
  };
  const item = ({ messageId, participantId, text }: Guest['messages'][number]) => (
    <li key={messageId} data-message-id={messageId} {...(participantId === guest.id && own)}>
      {text}
    </li>
  );
  return (
    <>
      <h2>
        React <small>{unread > 0 && `${unread} unread`}</small>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who cannot use a mouse scrolls it too. */}
      <div role="log" aria-label="Messages" tabIndex={0}>
        <ol ref={list}>{messages.map(item)}</ol>
      </div>
      <p className="typing" aria-hidden="true">
        {isTyping && 'The agent is typing…'}
      </p>
      <p className="spoken" role="status" ref={spoken} />
      <form onSubmit={send}>
        <textarea
          aria-label="Your message"
          ref={box}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={(event) => sendsOnEnter(event.nativeEvent) && send(event)}
        />
        <button type="submit">Send</button>
      </form>
      <p role="alert">{problem}</p>
    </>
  );
}
const own = { className: 'own', 'aria-live': 'off' } as const;

/** Shows the chat in React. */
export const mount: Mount = (element, guest) => {
  const root = createRoot(element);
  flushSync(() => root.render(<StrictMode>{<Chat guest={guest} />}</StrictMode>)); // At once: it may take over from another.
  return () => root.unmount();
};
