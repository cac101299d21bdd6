import { createWindowReceiver } from '@xstate/inspect';
import { State } from 'xstate';
import { countsOf } from '../counts.ts';

/** What was told, for whoever drives this page. */
const told: unknown[] = [];
Object.assign(globalThis, { told });

const machine = document.querySelector('#machine') as HTMLElement;
const list = document.querySelector('#told') as HTMLElement;
let sessionId = '';

const receiver = createWindowReceiver();
receiver.subscribe((event) => {
  if (event === undefined) return;
  const item = document.createElement('li');
  switch (event.type) {
    case 'service.register': {
      sessionId = event.sessionId;
      const resolved = event.machine.resolveState(event.state);
      told.push({
        type: event.type,
        ...countsOf(event.machine),
        value: resolved.value,
        next: resolved.nextEvents,
      });
      machine.textContent = `${event.machine.id}: ${countsOf(event.machine).transitions} transitions`;
      item.textContent = 'register';
      break;
    }
    case 'service.state':
      told.push({ type: event.type, value: event.state.value, isState: event.state instanceof State });
      item.textContent = `state ${event.state.toStrings().at(-1)}`;
      break;
    case 'service.event':
      told.push({ type: event.type, name: event.event.name });
      item.textContent = `event ${event.event.name}`;
      break;
    default:
      told.push({ type: event.type });
      item.textContent = 'stop';
  }
  list.append(item);
});

document.querySelector('#key')?.addEventListener('click', () => {
  const event = { name: 'keystroke', data: { type: 'keystroke' }, type: 'external', origin: sessionId };
  receiver.send({ type: 'xstate.event', event: JSON.stringify(event), service: sessionId });
});
