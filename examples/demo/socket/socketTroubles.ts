import type { SandboxCall } from 'genesys-conversation-machine/sandbox';
import { find } from '../page/dom.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';

interface Trouble {
  readonly done: string;
  play(sandbox: SandboxClient, conversationId: string): Promise<unknown>;
}

const tooMany = {
  type: 'response',
  class: 'TooManyRequestsErrorMessage',
  code: 429,
  body: { retryAfter: 3, errorCode: 4029, errorMessage: 'Message rate too high for this session' },
};
const armed403 = 'Armed: 403 for the guest’s next typing frame.';

const troubles: Readonly<Record<string, Trouble>> = {
  drop: {
    done: 'The connection was cut.',
    play: (sandbox, id) => sandbox.toSession(id, 'drop', { code: 'reset' }),
  },
  halfOpen: {
    done: 'The connection looks open, and nobody answers on it any more.',
    play: (sandbox, id) => sandbox.toSession(id, 'half-open'),
  },
  garbage: {
    done: 'A frame came that is no JSON.',
    play: (sandbox, id) => sandbox.toSession(id, 'push', { frame: '{"type":"message","class":' }),
  },
  4029: {
    done: 'The server asked for 3 s of silence.',
    play: (sandbox, id) => sandbox.toSession(id, 'push', { frame: tooMany }),
  },
  403: {
    done: armed403,
    play: (sandbox) => sandbox.addSocketFault({ on: 'typing', action: 'refuse403' }),
  },
  expired: {
    done: 'The session expired.',
    play: (sandbox, id) => sandbox.toSession(id, 'expire'),
  },
  readOnly: {
    done: 'The session is read-only: nobody was told, the next frame will find out.',
    play: (sandbox, id) => sandbox.toSession(id, 'read-only', { readOnly: true }),
  },
};

/** Binds the buttons that make trouble on the socket; most of it happens at once. */
export function bindSocketTroubles(
  sandbox: SandboxClient,
  conversationId: () => string | undefined,
  report: (work: Promise<unknown>) => void,
) {
  const status = find('#armed');
  const show = (text: string, isArmed = false) => {
    status.textContent = text;
    status.classList.toggle('live', isArmed);
  };
  const make = async ({ done, play }: Trouble, id: string) => {
    await play(sandbox, id);
    show(done, done === armed403);
  };

  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-trouble]')) {
    const trouble = troubles[button.dataset.trouble ?? ''];
    button.addEventListener('click', () => {
      const id = conversationId();
      if (trouble && id !== undefined) report(make(trouble, id));
    });
  }
  find('#clear-faults').addEventListener('click', () => {
    show('No faults armed.');
    report(sandbox.clearFaults());
  });
  show('No faults armed.');

  return {
    noteCall: ({ faulted }: SandboxCall) => {
      if (faulted && status.textContent === armed403) show('The typing frame was refused.');
    },
  };
}
