import { runnableMachine } from './actors.ts';

// The machine is first, as in createConversation.ts.

import { createActor, type Snapshot } from 'xstate';
import type { ConversationEmitted, ConversationEvent } from '../../machines/conversation/events.ts';
import type { ConversationInput } from '../../machines/conversation/types.ts';
import { type Chart, Reading } from '../reading/index.ts';
import type { Clock } from '../shared/clock.ts';
import { type LookAtKey, quietKeysOf } from '../shared/inspector.ts';
import { type Log, logOf } from '../shared/log.ts';
import { noConversation } from '../shared/refusals.ts';
import type { Transport } from '../shared/transport.ts';
import { checkListener } from '../shared/validate.ts';
import { Keyboard, type KeyNotes } from './keyboard.ts';
import { Member } from './member.ts';
import type { ResolvedOptions } from './options.ts';
import { Ports } from './ports.ts';
import { type RetryBudget, retryBudgetOf } from './retryBudget.ts';
import { timersOf } from './timers.ts';
import type { ConversationActor, ConversationListener } from './types.ts';
import { whySilent } from './warnOfSilence.ts';

/** Who is told when a chart starts, and when it is over, whoever did that. */
export interface ChartWatcher {
  started(): void;
  ended(): void;
}

/** What a chart goes on with that has run before, and was put away. */
export interface Before {
  readonly reading: Reading;
  /** Where its keys are noted. */
  readonly notes: KeyNotes;
  /** How it stood, for the actor to start from; nothing where it starts anew. */
  stood(input: ConversationInput): { readonly snapshot?: Snapshot<unknown> };
}

/**
 * The running chart: the one way in for everything that happens, and what it decides. There is one for each conversation,
 * so it holds little: what most conversations do not need is made where it is first asked for.
 */
export class RunningChart implements Chart {
  readonly actor: ConversationActor;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  /** Where a key is written down that would change no state: no event, two assignments. */
  readonly keyboard: Keyboard;
  /** Is told of such a key. */
  readonly lookAtKey: LookAtKey | undefined;
  /** The handle's part in what everybody knows who uses its transport (T-13). */
  readonly member: Member;
  readonly reading: Reading;
  /** Whether who answers has read what came before. */
  readonly answeringReads: boolean;
  readonly #budget: RetryBudget;
  #watcher: ChartWatcher | null = null;
  #hasStarted = false;
  #isOver = false;
  /** Whether the console is still to be told that typing signals do not leave. */
  #mayWarn: boolean;

  /** Makes a conversation's chart with all that it reads, asks and calls. Does not start it. */
  constructor(options: ResolvedOptions, before?: Before) {
    const { transport, logger, clock, timing, seed, conversationId, inspect, tabs } = options;
    this.transport = transport;
    this.clock = clock;
    this.log = logOf(logger);
    this.keyboard = new Keyboard(clock, before?.notes);
    this.lookAtKey = quietKeysOf(inspect);
    this.reading = before?.reading ?? new Reading(transport, clock, options.storage);
    this.member = new Member(transport, this.keyboard, clock, tabs, this.reading);
    this.answeringReads = options.answeringReads;
    this.#mayWarn = logger === undefined;
    this.#budget = retryBudgetOf(transport);
    const input = {
      ports: new Ports(this.keyboard, this.member, this.reading, this.#budget),
      capabilities: transport.capabilities,
      timing,
      seed,
      conversationId,
      participantId: transport.participantId ?? null,
      canRefresh: transport.refreshToken !== undefined,
      shareTyping: options.shareTyping,
      shareReads: options.shareReads,
      ...this.reading.stored,
    };
    this.actor = createActor(runnableMachine, {
      clock: timersOf(clock),
      input,
      ...before?.stood(input),
      ...(inspect && { inspect: this.log.guard('inspect', inspect) }),
    });
    this.actor.on('*', (event) => this.#decided(event));
    this.actor.subscribe({
      next: () => this.#moved(),
      error: (error) => {
        this.log.report('The machine failed; please report this.', error);
        this.#release();
      },
      complete: () => this.#release(),
    });
    this.reading.attach(this);
  }

  /** Tells somebody when the chart starts, and when it is over. */
  watch(watcher: ChartWatcher): void {
    this.#watcher = watcher;
  }

  /** Whether it has stopped, by itself or by somebody; it cannot start again. */
  isStopped(): boolean {
    return this.actor.getSnapshot().status !== 'active';
  }

  isStarted(): boolean {
    return this.#hasStarted;
  }

  send(event: ConversationEvent): void {
    if (!this.isStopped()) this.actor.send(event);
  }

  openId(): string {
    const { conversationId } = this.actor.getSnapshot().context;
    if (conversationId === null) throw noConversation();
    return conversationId;
  }

  /** Listens to one kind of decision; returns what ends that. */
  on<T extends ConversationEmitted['type']>(type: T, listener: ConversationListener<T>): () => void {
    checkListener(type, listener);
    const subscription = this.actor.on(type, this.log.guard(type, listener) as never);
    return () => subscription.unsubscribe();
  }

  /** Stops it, with all that is around it. */
  stop(): void {
    if (this.actor.getSnapshot().context.roster.typists.length > 0)
      this.send({ type: 'conversation.stopping' });
    this.member.quit(); // While the chart still knows what is under way.
    this.actor.stop();
    this.#release();
  }

  #decided(event: ConversationEmitted): void {
    this.#budget.note(event);
    this.reading.noteDecision(event);
    this.member.noteDecision(event);
    if (this.#mayWarn) this.#warn(event);
    this.log.decision(event.type, { event });
  }

  #warn(event: ConversationEmitted): void {
    const why = whySilent(event, this.actor.getSnapshot().context);
    if (why === null) return;
    this.#mayWarn = false;
    console.warn(
      `genesys-conversation-machine: typing signals do not leave. ${why} (Said once; see logger.)`,
    );
  }

  #moved(): void {
    if (this.#hasStarted) this.member.noteStop();
    else {
      this.#hasStarted = true;
      this.member.join(this.actor);
      this.#watcher?.started();
    }
  }

  #release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.member.quit();
    this.#watcher?.ended();
    this.reading.close();
  }
}
