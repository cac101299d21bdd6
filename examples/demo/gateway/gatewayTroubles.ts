import type { FaultSpec, SandboxCall } from 'genesys-conversation-machine/sandbox';
import { find } from '../page/dom.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';

interface Trouble {
  readonly done: string;
  play(sandbox: SandboxClient): Promise<unknown>;
}

const next = (spec: FaultSpec) => (sandbox: SandboxClient) =>
  sandbox.addFault({ lane: 'open-messaging', ...spec });

const troubles: Readonly<Record<string, Trouble>> = {
  429: {
    done: 'Armed: 429 for the gateway’s next call.',
    play: next({ status: 429, headers: { 'Retry-After': '3' } }),
  },
  401: { done: 'Armed: 401 for the gateway’s next call.', play: next({ status: 401 }) },
  503: { done: 'Armed: 503 for the gateway’s next call.', play: next({ status: 503 }) },
  twice: {
    done: 'From now on every webhook comes twice.',
    play: (sandbox) => sandbox.disturbWebhooks({ duplicate: true }),
  },
  hold: {
    done: 'Webhooks are held back.',
    play: (sandbox) => sandbox.disturbWebhooks({ hold: true }),
  },
  release: {
    done: 'What was held back came, the newest first.',
    play: async (sandbox) => {
      await sandbox.disturbWebhooks({});
      await sandbox.releaseWebhooks();
    },
  },
};

/** Binds the buttons that make trouble between the gateway and the platform. */
export function bindGatewayTroubles(sandbox: SandboxClient, report: (work: Promise<unknown>) => void) {
  const status = find('#armed');
  const show = (text: string) => {
    status.textContent = text;
    status.classList.toggle('live', /^Armed/.test(text));
  };
  const make = async ({ done, play }: Trouble) => {
    await play(sandbox);
    show(done);
  };
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-webhook]')) {
    const trouble = troubles[button.dataset.webhook ?? ''];
    if (trouble) button.addEventListener('click', () => report(make(trouble)));
  }
  find('#clear-faults').addEventListener('click', () => {
    show('No faults armed.');
    report(Promise.all([sandbox.clearFaults(), sandbox.disturbWebhooks({})]));
  });
  show('No faults armed.');

  return {
    noteCall: ({ faulted }: SandboxCall) => {
      if (faulted) show('No faults armed.');
    },
  };
}
