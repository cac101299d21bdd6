import { createHmac } from 'node:crypto';
import type { SandboxClock } from '../shared/clock.ts';
import type { OpenMessagingSettings } from './settings.ts';

/** One webhook: its body, and what became of its tries so far. */
export interface WebhookDelivery {
  /** What Genesys calls the message, or the event, that it tells of. */
  readonly id: string;
  /** What is sent, as JSON. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The status of each try, or `'failed'` where no answer came in time. */
  readonly tries: (number | 'failed')[];
  /** Whether it was answered with 2xx, or was given up. */
  isSettled: boolean;
}

/** What the next webhooks suffer on their way. */
export interface WebhookTrouble {
  /** Each is sent twice. */
  readonly duplicate?: boolean;
  /** Each is held until `release`, and then the newest goes first. */
  readonly hold?: boolean;
}

/**
 * Sends webhooks as Genesys says that it does: signed over the bytes that leave, given up after a time, tried again
 * after a pause on no answer, a 429 or a 5xx, and in no order that one could rely on.
 */
export class Webhooks {
  readonly #clock: SandboxClock;
  readonly #settings: () => OpenMessagingSettings;
  readonly #deliveries: WebhookDelivery[] = [];
  readonly #timers = new Set<unknown>();
  readonly #underWay = new Set<AbortController>();
  #trouble: WebhookTrouble = {};
  #held: WebhookDelivery[] = [];
  #isDisposed = false;

  constructor(clock: SandboxClock, settings: () => OpenMessagingSettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** All that were sent, oldest first. */
  list(): readonly WebhookDelivery[] {
    return this.#deliveries.map((delivery) => ({ ...delivery, tries: [...delivery.tries] }));
  }

  /** What the next ones suffer. */
  disturb(trouble: WebhookTrouble): void {
    this.#trouble = trouble;
  }

  /** Sends what was held, the newest first. */
  release(): void {
    const held = this.#held.reverse();
    this.#held = [];
    for (const delivery of held) this.#try(delivery);
  }

  /** Sends a webhook, where there is an address for it. */
  send(id: string, body: Readonly<Record<string, unknown>>): void {
    if (this.#settings().webhookUrl === null) return;
    for (let copies = this.#trouble.duplicate ? 2 : 1; copies > 0; copies -= 1) {
      const delivery: WebhookDelivery = { id, body, tries: [], isSettled: false };
      this.#deliveries.push(delivery);
      if (this.#trouble.hold) this.#held.push(delivery);
      else this.#try(delivery);
    }
  }

  /** Cancels every timer, and gives up what is under way. */
  dispose(): void {
    this.#isDisposed = true;
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    for (const attempt of this.#underWay) attempt.abort();
  }

  #try(delivery: WebhookDelivery): void {
    void this.#attempt(delivery).then((status) => {
      if (this.#isDisposed) return;
      delivery.tries.push(status);
      const isWorthAnother = status === 'failed' || status === 429 || status >= 500;
      if (!isWorthAnother || delivery.tries.length > this.#settings().webhookRetries)
        delivery.isSettled = true;
      else this.#after(this.#settings().webhookPause, () => this.#try(delivery));
    });
  }

  async #attempt({ body }: WebhookDelivery): Promise<number | 'failed'> {
    const { webhookUrl, webhookSecret, webhookHeaders, webhookTimeout } = this.#settings();
    if (webhookUrl === null) return 'failed';
    const bytes = JSON.stringify(body);
    const signature = createHmac('sha256', webhookSecret).update(bytes).digest('base64');
    const giveUp = new AbortController();
    const timer = this.#after(webhookTimeout, () => giveUp.abort());
    this.#underWay.add(giveUp);
    try {
      const reply = await fetch(webhookUrl, {
        method: 'POST',
        headers: {
          ...webhookHeaders,
          'content-type': 'application/json',
          'x-hub-signature-256': `sha256=${signature}`,
        },
        body: bytes,
        redirect: 'manual',
        signal: giveUp.signal,
      });
      await reply.body?.cancel();
      return reply.status;
    } catch {
      return 'failed';
    } finally {
      this.#underWay.delete(giveUp);
      this.#timers.delete(timer);
      this.#clock.clearTimeout(timer);
    }
  }

  #after(ms: number, act: () => void): unknown {
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }
}
