import { checkId } from '../shared/validate.ts';
import type { RunningChart } from './chart.ts';
import type { LifeVerbs } from './types.ts';

/** Makes the verbs that begin and end what is open in a handle. */
export const createOpeningVerbs = (
  chart: RunningChart,
): Pick<LifeVerbs, 'open' | 'reopen' | 'close' | 'end'> => ({
  open: (id) => chart.send({ type: 'conversation.opened', conversationId: checkId('conversationId', id) }),
  reopen: () => chart.send({ type: 'conversation.opened', conversationId: chart.openId() }),
  close: () => chart.send({ type: 'conversation.closed' }),
  end: () => chart.send({ type: 'conversation.ended', conversationId: chart.openId() }),
});
