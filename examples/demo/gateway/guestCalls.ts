import type { CallRow } from '../inspector/callList.ts';

let count = 0;

/** The platform's `fetch`, of which each call is shown as a row. */
export function rowsOf(show: (row: CallRow) => void): typeof fetch {
  return async (input, init) => {
    count += 1;
    const row = { key: `guest ${count}`, time: Date.now(), verb: verbOf(String(input), init), flag: null };
    const note = (status: CallRow['status'], ms: number | null) => show({ ...row, status, ms });
    note(null, null);
    try {
      const reply = await fetch(input, init);
      note(reply.status, Date.now() - row.time);
      return reply;
    } catch (thrown) {
      note('failed', Date.now() - row.time);
      throw thrown;
    }
  };
}

function verbOf(url: string, { method = 'GET', body }: RequestInit = {}): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  if (last === 'typing') return String(body).includes('"isTyping":true') ? 'typing on' : 'typing off';
  if (last === 'messages') return method === 'GET' ? 'history' : 'message';
  return last === 'messaging' ? 'start' : last;
}
