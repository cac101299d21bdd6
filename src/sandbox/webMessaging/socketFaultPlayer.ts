import type { CallFault } from '../faults/callFault.ts';
import { parseCallFault } from '../faults/callFault.ts';
import type { SocketFault } from '../faults/socketFault.ts';
import type { SandboxCall } from '../journal/call.ts';
import type { Connection } from './connection.ts';
import { errorFrame, notice, response, type ServerFrame, traced } from './frames.ts';

const oversizedLength = 1024 * 1024;
const internalError = 1011;

/** What plays this fault on a handshake: the fault of a call, a mere delay when it befalls the socket once it is open. */
export function handshakeFault({ action, code, body, delay }: SocketFault): CallFault {
  switch (action) {
    case 'drop':
      return parseCallFault({ action: 'reset', delay });
    case 'hang':
      return parseCallFault({ action: 'hang', delay });
    case 'refuse403':
      return parseCallFault({ status: code ?? 403, delay, ...(body !== undefined && { body }) });
    default:
      return parseCallFault({ delay });
  }
}

/** Plays the fault on an open connection; returns the outcome for the record. */
export function playSocketFault(
  fault: SocketFault,
  connection: Connection,
  tracingId?: string,
): NonNullable<SandboxCall['status']> {
  const { action, code, body } = fault;
  const send = (frame: ServerFrame) => {
    connection.send(traced(frame, tracingId));
    return frame.code;
  };
  switch (action) {
    case 'drop':
      connection.reset();
      return 'reset';
    case 'close':
      connection.close(code ?? internalError, body);
      return 'closed';
    case 'hang':
      connection.freeze();
      return 'hang';
    case 'refuse403':
      return send(errorFrame(code ?? 403, body ?? 'Turn on the Feature Toggle or fix the configuration.'));
    case 'errorFrame':
      return send(errorFrame(code ?? 400, body ?? 'Request failed.'));
    case 'garbage':
      connection.send(body ?? 'Hi, not JSON');
      return 'raw';
    case 'oversized':
      send(oversized());
      return 'raw';
    case 'wrongTypes':
      connection.send(JSON.stringify(wrongTypes));
      return 'raw';
    case 'unknownClass':
      send(response(body ?? 'NotSupportedClassName', {}));
      return 'raw';
    default:
      return 'hang';
  }
}

const wrongTypes = {
  type: 7,
  class: 'StructuredMessage',
  code: '200',
  body: { id: 7, type: ['Text'], text: {}, direction: null, channel: 'none', metadata: [], events: 'none' },
};

function oversized(): ServerFrame {
  const channel = { time: new Date(0).toISOString(), messageId: '00000000-0000-4000-8000-000000000000' };
  return notice('StructuredMessage', {
    id: '0'.repeat(32),
    type: 'Text',
    text: 'x'.repeat(oversizedLength),
    direction: 'Outbound',
    originatingEntity: 'Human',
    channel,
    metadata: {},
  });
}
