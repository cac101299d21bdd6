import { initialLink } from './link.logic.ts';
import { link } from './link.states.ts';
import { initialReceipts } from './receipts.logic.ts';
import { receipts } from './receipts.states.ts';
import { initialRoster } from './roster.logic.ts';
import { roster } from './roster.states.ts';
import { conversation } from './setup.ts';
import { initialTyping } from './typing.logic.ts';
import { typing } from './typing.states.ts';

/**
 * One guest's side of one conversation at a time: four regions side by side, a question each. Which state
 * leads where, and which API actor it invokes (a test holds these tables against the charts; `any` is the
 * region itself, a dot in front means "beside it"):
 *
 * `typing`: what has the other side been told about us?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `any` | `disabled` (typing is not wanted here) | |
 * | `idle` | `typing` (a key, T-1, or a work, T-16), `typing.lit` (of another handle, T-13), `cooldown.held` (another handle has just called, T-13), `stopping` (something is lit that is not true), `off` (it is not shared, T-14), `rateLimited` | |
 * | `typing.announcing` | `typing.lit` (accepted), `stopping` (accepted, but no longer true), `cooldown` (failed, took too long, given up after a freeze, or a message may have put it out, T-11), `parked` (the back end fails everybody, R-3b), `rateLimited` (429), `disabled` (403) | `sendTyping` |
 * | `typing.lit` | `stopping`, or at once `stopping.calling` (the episode is over: silence, cleared, blurred, hidden, left, its work done, T-5; not shared any more, T-14), `cooldown` (our message, or the end of the conversation, put it out; or another handle goes on, T-13), `rateLimited` | |
 * | `typing.lit.fresh` | in time before the other side forgets `typing.announcing` (a key since the last call, or a work under way, renews it, T-4) or `typing.lit.due` | |
 * | `typing.lit.due` | `typing.announcing` (a key, or a work, renews it, T-4) | |
 * | `stopping.waiting` | `stopping.calling` (spacing is over), `stopping.fading` (it goes out by itself soon, T-5), `typing.lit` (a key, or a work), `cooldown` (nothing to say any more, or another handle says it) | |
 * | `stopping.fading` | `cooldown` (it went out), `typing.lit` (a key, or a work), `stopping.waiting` (a stop is due after all, T-8) | |
 * | `stopping.calling` | `cooldown` (accepted, or failed), `parked`, `rateLimited`, `disabled` | `sendTyping` |
 * | `cooldown`, `parked` | `rateLimited` (the server asks for silence, L-1) | |
 * | `rateLimited` | | |
 * | `cooldown.quiet`, `parked.quiet`, `rateLimited.quiet` | `.held` (a key, or a work, T-7), `typing.lit` (of another handle, T-13), and when the wait is over `idle`, `typing`, or `stopping` | |
 * | `cooldown.held`, `parked.held`, `rateLimited.held` | `.quiet` (no longer true), `typing.lit` (of another handle, T-13), and when the wait is over `typing`, `stopping`, or `idle` (no longer worth a call, T-4) | |
 * | `disabled` | `cooldown` (another conversation, or a fresh token) | |
 * | `off` | `idle` (shared again, T-14), `stopping` (something is lit), `typing.lit` (of another handle, T-13) | |
 *
 * `receipts`: how far have we read, and how far is that acknowledged?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `any` | `flushing` (the page may be going, R-5b) | |
 * | `upToDate` | `collecting` (a mark is pending), `off` (reads are not shared, R-11) | |
 * | `collecting` | `sending` (its neighbours were waited for), `upToDate` (nothing is left), `rateLimited` | |
 * | `sending` | `upToDate` (accepted, or refused for good), `collecting` (401: with the next token; given up after a freeze; barred before it left), `cooldown` (failed, or took too long), `parked` (the third time), `rateLimited` (429), `disabled` (403) | `sendRead` |
 * | `cooldown`, `rateLimited` | `collecting` (rested) | |
 * | `parked` | `collecting` (rested, or woken by a newer mark, the network, the page, a fresh token) | |
 * | `flushing` | `upToDate` (every call is answered), `collecting` (given up after a freeze), `cooldown` (they took too long), `disabled` (403) | `flushReads` |
 * | `disabled` | `upToDate` (another conversation, or a fresh token) | |
 * | `off` | `upToDate` (shared again, R-11) | |
 *
 * `roster`: who else is typing right now?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `quiet` | `someoneTyping` (somebody starts) | |
 * | `someoneTyping` | `quiet` (the last one stopped, wrote, fell silent, or cannot be heard any more) | |
 * | `someoneTyping.unannounced` | `someoneTyping.announced` (after a moment: worth saying aloud), `someoneTyping` (somebody may have fallen silent, T-18) | |
 * | `someoneTyping.announced` | `someoneTyping` (somebody may have fallen silent, T-18) | |
 *
 * `link`: may we call at all?
 *
 * | state | leads to | invokes |
 * | --- | --- | --- |
 * | `ready` | `offline`, `refreshing` (a token was rejected), `unauthorized` (and none can be had), `ended` | |
 * | `refreshing.asking` | `ready` (a fresh token), `refreshing.pausing` (failed for now), `unauthorized` (failed for good) | `refreshToken` |
 * | `refreshing.pausing` | `refreshing.asking` (rested), `offline` | |
 * | `unauthorized` | `refreshing`, `ready` (the application says that a token can be had) | |
 * | `offline` | `ready`, `ended` | |
 * | `ended` | `ready` (reopened, or another conversation) | |
 *
 * A region begins in its first row but `any`, and a state that holds others in the one named first: `typing`
 * in `announcing`, `lit` in `fresh`, `stopping` in `waiting`, the waits of that region (`cooldown`, `parked`,
 * `rateLimited`) in `quiet`, `someoneTyping` in `unannounced`, `refreshing` in `asking`. What a state that holds
 * others leads to holds for each of them. A path begins below its region: `typing.lit` of `typing` is the state
 * `typing` and in it `lit`. `rateLimited` without a word: the server asks for silence.
 *
 * The machine is pure: its clock and keyboard are `input.ports.readings`, its waits are delays of the
 * actor's clock, its randomness is `input.seed`, and its calls are the actors above, to be given with
 * `conversationMachine.provide`. `createConversation` does all that.
 */
export const conversationMachine = conversation.createMachine({
  id: 'conversation',
  type: 'parallel',
  context: ({ input }) => ({
    ports: input.ports,
    capabilities: input.capabilities,
    timing: input.timing,
    participantId: input.participantId,
    seed: input.seed,
    conversationId: input.conversationId,
    ...initialLink(input),
    typing: initialTyping(input),
    receipts: initialReceipts(input),
    roster: initialRoster,
  }),
  states: { receipts, typing, roster, link },
});
