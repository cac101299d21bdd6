import type { Fault } from '../faults.ts';

const session = (name: string): string => `machines/session/${name}.ts`;

/** Faults of what becomes of messages, and of how they are told. */
export const messageFaults: readonly Fault[] = [
  {
    clause: 'W-6',
    what: 'a message leaves again after one look into history',
    file: session('outbox.logic'),
    from: 'const looksNeeded = 2;',
    to: 'const looksNeeded = 1;',
    shows: 'a message whose echo is lost',
  },
  {
    clause: 'W-6',
    what: 'what was under way when the link was lost is never asked about',
    file: 'machines/session/configured.states.ts',
    from: "  exit: 'doubtDelivery', // W-6\n",
    to: '',
    shows: 'a message that is under way as the link is lost',
  },
  {
    clause: 'W-6',
    what: 'any message of the guest settles the one under way',
    file: 'machines/session/outbox.logic.ts',
    from: "if (named !== undefined || event.type === 'frame.message' || event.id !== undefined) return named;",
    to: "if (event.type === 'frame.message') return named ?? underWay(context);\n  if (named !== undefined || event.id !== undefined) return named;",
    shows: 'a message from another device while one is under way',
  },
  {
    clause: 'W-6',
    what: 'an echo is waited for for ever',
    file: 'machines/session/configured.states.ts',
    from: "      after: { echoDeadline: { target: 'resting', actions: 'doubtDelivery' } }, // W-6\n",
    to: '',
    shows: 'a message whose echo never comes',
  },
  {
    clause: 'W-6',
    what: 'a message that was refused for its rate is dropped',
    file: 'machines/session/outbox.logic.ts',
    from: "changed(context, subject(context, event), { state: 'waiting' }),",
    to: 'without(context, subject(context, event)?.id),',
    shows: 'a message that is refused for its rate',
  },
  {
    clause: 'W-6',
    what: 'a message leaves again under another id',
    file: 'src/webMessaging/outgoing.ts',
    from: '      tracingId: id,\n      message: {',
    to: '      tracingId: id + Math.random(),\n      message: {',
    shows: 'a message that is under way as the link is lost',
  },
  {
    clause: 'W-10',
    what: 'messages do not wait for each other',
    file: session('outbox.logic'),
    from: `outbox[0];

/** The one message whose echo is awaited. */
const underWay = ({ outbox }: SessionContext): OutboxEntry | undefined =>
  outbox.find(({ state }) => state === 'left');`,
    to: `outbox.find(({ state }) => state === 'waiting');

const underWay = ({ outbox }: SessionContext): OutboxEntry | undefined =>
  outbox.findLast(({ state }) => state === 'left');`,
    also: [
      {
        file: session('outbox.logic'),
        from: "context.outbox.every(({ state }) => state === 'waiting') &&",
        to: '',
      },
      {
        file: session('outbox.logic'),
        from: 'underWay(context) === undefined,',
        to: 'underWay(context) !== null,',
      },
    ],
    shows: 'a session that talks',
  },
  {
    clause: 'W-6',
    what: 'history is asked twice at once',
    file: 'machines/session/outbox.logic.ts',
    from: 'enqueue(changing({ outbox, search: { failures: 0, at: now(context) + context.timing.settle } }));',
    to: 'enqueue(changing({ outbox, search: { failures: 0, at: now(context) } }));',
    shows: 'a message whose echo never comes',
  },
  {
    clause: 'W-6',
    what: 'a message of the other side with our id is our echo',
    file: 'machines/session/outbox.logic.ts',
    from: "  if (event.type === 'frame.message' && event.direction !== 'inbound') return;\n",
    to: '',
    shows: 'a message of the other side with the id of one under way',
  },
  {
    clause: 'W-6',
    what: 'an error that says nothing refuses the message under way',
    file: 'machines/session/outbox.logic.ts',
    from: 'new Set([401, 408, 425, 429])',
    to: 'new Set([408, 425, 429])',
    shows: 'an error that could mean anything while a message is under way',
  },
];
