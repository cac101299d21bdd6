import type { SandboxCall } from 'genesys-conversation-machine/sandbox';
import { element } from '../page/dom.ts';
import { duration, preciseTime } from '../page/format.ts';

const mostRows = 60;

export interface CallRow {
  readonly key: string;
  readonly time: number;
  readonly verb: string;
  readonly status: SandboxCall['status'] | 'failed' | 'sent';
  readonly ms: number | null;
  /** A remark beside the status. */
  readonly flag: string | null;
}

/**
 * Fills the table of calls, newest first; a row that is known is brought up to date. What comes between two frames is
 * written at once, and of it only what stays in the list. `onCall` is told of all of it.
 */
export function createCallList(body: HTMLElement, onCall: (call: CallRow) => void = () => {}) {
  const rows = new Map<string, HTMLTableRowElement>();
  const lastTimes = new Map<string, number>();
  let forgottenUntil = 0;

  const add = ({ key, time, verb }: CallRow): HTMLTableRowElement => {
    const lane = verb.split(' ')[0] ?? verb;
    const last = lastTimes.get(lane);
    lastTimes.set(lane, time);
    const row = element(
      'tr',
      {},
      element('td', { className: 'time', textContent: preciseTime(time) }),
      element('td', { className: 'verb', textContent: verb }),
      element('td', { className: 'status' }),
      element('td', { className: 'number' }),
      element('td', {
        className: 'number gap',
        textContent: last === undefined ? '' : `+${duration(time - last)}`,
      }),
    );
    row.dataset.verb = verb;
    row.dataset.time = String(time);
    rows.set(key, row);
    body.prepend(row);
    const [oldest] = rows.keys();
    if (rows.size > mostRows && oldest !== undefined) {
      const forgotten = rows.get(oldest);
      forgottenUntil = Number(forgotten?.dataset.time);
      forgotten?.remove();
      rows.delete(oldest);
    }
    return row;
  };

  const write = (call: CallRow) => {
    const known = rows.get(call.key);
    if (known === undefined && call.time <= forgottenUntil) return;
    const row = known ?? add(call);
    const [, , status, took] = row.cells;
    if (status === undefined || took === undefined) return;
    status.replaceChildren(element('span', { className: 'badge', textContent: labelOf(call.status) }));
    if (call.flag !== null) status.append(element('span', { className: 'fault', textContent: call.flag }));
    took.textContent = call.ms === null || call.status === 'hang' ? '' : duration(call.ms);
    row.dataset.status = String(call.status ?? 'pending');
    row.dataset.tone = toneOf(call.status);
  };
  let waiting = new Map<string, CallRow>();
  const writeAll = () => {
    const calls = [...waiting.values()].slice(-mostRows);
    waiting = new Map();
    calls.forEach(write);
  };

  return {
    show: (call: CallRow) => {
      onCall(call);
      if (waiting.size === 0) setTimeout(writeAll, 40);
      waiting.set(call.key, call);
    },
  };
}

function labelOf(status: CallRow['status']): string {
  if (status === null) return 'pending';
  return status === 'hang' ? 'no answer' : String(status);
}

function toneOf(status: CallRow['status']): 'good' | 'waiting' | 'wrong' {
  if (status === null) return 'waiting';
  if (status === 'sent') return 'good';
  return typeof status === 'number' && status < 400 ? 'good' : 'wrong';
}
