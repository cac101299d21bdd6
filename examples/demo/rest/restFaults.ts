import type { FaultSpec, SandboxCall } from 'genesys-conversation-machine/sandbox';
import { find } from '../page/dom.ts';
import type { SandboxClient } from '../sandbox/sandboxClient.ts';

type Lane = 'typing' | 'read' | 'message';

const faults: Readonly<Record<string, { readonly label: string; readonly spec: FaultSpec }>> = {
  429: { label: '429', spec: { status: 429, headers: { 'Retry-After': '3' } } },
  401: { label: '401', spec: { status: 401 } },
  409: { label: '409', spec: { status: 409 } },
  503: { label: '503', spec: { status: 503 } },
  hang: { label: 'silence', spec: { action: 'hang' } },
};

const laneNames: Readonly<Record<Lane, string>> = {
  typing: 'typing call',
  read: 'read call',
  message: 'message',
};

export function bindRestFaults(sandbox: SandboxClient, report: (work: Promise<unknown>) => void) {
  const lanes = find<HTMLSelectElement>('#fault-lane');
  const status = find('#armed');
  const played = new Set<number>();
  let armed: { lane: Lane; label: string }[] = [];

  const show = () => {
    const [next, ...later] = armed;
    const more = later.length === 0 ? '' : `, and ${later.length} more after it`;
    status.textContent =
      next === undefined
        ? 'No faults armed.'
        : `Armed: ${next.label} for the next ${laneNames[next.lane]}${more}.`;
    status.classList.toggle('live', next !== undefined);
  };

  const arm = async ({ label, spec }: { label: string; spec: FaultSpec }) => {
    const lane = lanes.value as Lane;
    const fault = { lane, label };
    armed.push(fault);
    show();
    try {
      await sandbox.addFault({ ...spec, lane });
    } catch (thrown) {
      armed = armed.filter((other) => other !== fault);
      show();
      throw thrown;
    }
  };

  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-fault]')) {
    const fault = faults[button.dataset.fault ?? ''];
    if (fault) button.addEventListener('click', () => report(arm(fault)));
  }
  find('#clear-faults').addEventListener('click', () => {
    armed = [];
    show();
    report(sandbox.clearFaults());
  });
  show();

  return {
    noteCall: ({ n, lane, faulted }: SandboxCall) => {
      if (!faulted || played.has(n)) return;
      played.add(n);
      const index = armed.findIndex((fault) => fault.lane === lane);
      if (index >= 0) armed.splice(index, 1);
      show();
    },
  };
}
