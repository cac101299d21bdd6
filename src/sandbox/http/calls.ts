import type { FastifyReply, FastifyRequest } from 'fastify';
import { type CallFault, type CallFaults, isDelayOnly } from '../faults/callFault.ts';
import type { Journal } from '../journal/journal.ts';
import type { SandboxClock } from '../shared/clock.ts';
import { FaultPlayer } from './faultPlayer.ts';
import { callOf, recordArrival, recordUpgrade } from './recording.ts';

/** What a route answers when no fault interferes. */
export interface Answer {
  status: number;
  body?: object;
}

/** Computes the answer to a call. Throws a `ContractError` to refuse it. */
export type Logic = (request: FastifyRequest) => Answer;

/** How calls are answered: each goes on the record, and a scripted fault may take the answer's place. */
export class Calls {
  readonly #journal: Journal;
  readonly #faults: CallFaults;
  readonly #player: FaultPlayer;

  constructor(clock: SandboxClock, journal: Journal, faults: CallFaults) {
    this.#journal = journal;
    this.#faults = faults;
    this.#player = new FaultPlayer(clock, journal, faults);
  }

  /** The handler that answers with `logic`, unless a fault interferes. */
  serve(logic: Logic): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
    return async (request, reply) => {
      if (await this.intercept(request, reply, logic)) return reply;
      return send(reply, logic(request));
    };
  }

  /** Plays the fault that means this call, if there is one; resolves to whether the call is dealt with. */
  async intercept(request: FastifyRequest, reply: FastifyReply, logic?: Logic): Promise<boolean> {
    this.arrived(request);
    const fault = this.#faults.take(callOf(request));
    return fault !== undefined && this.befall(fault, request, reply, logic);
  }

  /** Puts a call on the record as it came. */
  arrived(request: FastifyRequest): void {
    recordArrival(this.#journal, request);
  }

  /** Puts on the record that a call became a socket. */
  upgraded(request: FastifyRequest): void {
    recordUpgrade(this.#journal, request);
  }

  /** Plays a fault on a call; resolves to whether the call is dealt with, which a mere delay leaves open. */
  async befall(
    fault: CallFault,
    request: FastifyRequest,
    reply: FastifyReply,
    logic?: Logic,
  ): Promise<boolean> {
    callOf(request).faulted = true;
    const real = fault.applied && logic !== undefined ? attempt(() => logic(request)) : undefined;
    if (!(await this.#player.delayed(fault, request))) {
      reply.hijack();
      return true;
    }
    if (!isDelayOnly(fault)) {
      this.#player.play(fault, request, reply);
      return true;
    }
    if (real === undefined) return false;
    send(reply, real());
    return true;
  }
}

function attempt<Value>(compute: () => Value): () => Value {
  try {
    const value = compute();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function send(reply: FastifyReply, { status, body }: Answer): FastifyReply {
  return reply.code(status).send(body);
}
