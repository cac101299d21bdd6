import { createBrowserReceiver } from '@statelyai/inspect';

/** What was told, for whoever drives this page. */
const told: unknown[] = [];
Object.assign(globalThis, { told });

const list = document.querySelector('#told') as HTMLElement;
createBrowserReceiver().subscribe((event) => {
  told.push(event);
  const item = document.createElement('li');
  item.textContent = `${event.type} ${JSON.stringify('event' in event ? event.event : '').slice(0, 200)}`;
  list.append(item);
});
