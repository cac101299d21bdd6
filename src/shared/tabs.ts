import type { Clock } from './clock.ts';

/**
 * How long before it goes out an indicator is anybody's who types there, ms: whoever answers for it has missed the time
 * to renew it, and may have been killed.
 */
export const lastMoment = 100;

/** An indicator that one tab answers for. */
export interface TabIndicator {
  /** Where it is shown. */
  readonly conversationId: string;
  /** Counts who took it last: of two tabs that both have it, the greater one does. */
  readonly turn: number;
  /** Whether it goes on answering for it; else whoever types there takes it over. */
  readonly isHeld: boolean;
  /** When the call left that lit it, or renewed it, monotonic ms. */
  readonly calledAt: number;
  /** Until when the other side may show it, monotonic ms; past, where it is out. */
  readonly litUntil: number;
}

/** What one tab knows of its own calls, and lets the others know. No text, no name, no token (S5). */
export interface TabFacts {
  /** Its last typing call. */
  readonly call: {
    readonly conversationId: string;
    readonly isTyping: boolean;
    /** When it left, monotonic ms. */
    readonly at: number;
    readonly isUnderWay: boolean;
  } | null;
  /** Where it is being typed in, and when the last key came, monotonic ms. */
  readonly typed: { readonly conversationId: string; readonly at: number } | null;
  /** The conversation about which a read call is under way. */
  readonly reading: string | null;
  /** The indicators that it answers for, or did last. */
  readonly indicators: readonly TabIndicator[];
  /** Until when the server wants silence, monotonic ms; past, where it does not. */
  readonly silentUntil: number;
  /** How far is acknowledged. */
  readonly reads: readonly { readonly conversationId: string; readonly messageId: string }[];
}

/** Another tab of the same guest. */
export interface OtherTab {
  /** Its name among the tabs. */
  readonly id: string;
  /** What it said last, on this tab's clock. */
  readonly facts: TabFacts;
}

/** What a tab's own side is asked, and told. */
export interface TabHost {
  /** The tab’s own. */
  readonly clock: Clock;
  /** Whose tab it is; `null` while nobody knows, so that nobody else can be the same guest. */
  guest(): string | null;
  /** What it knows of its own calls. */
  facts(): TabFacts;
  /** Others said something new, or had their time: what waited is to be asked again. */
  changed(): void;
}

/** A tab among the tabs of its guest. */
export interface TabLink {
  /** Its own name there. */
  readonly id: string;
  /** Every other one that was heard of, those that are gone included: what they said ends by its own time. */
  others(): readonly OtherTab[];
  /** Whether another one is about to make a call. */
  isOtherCalling(): boolean;
  /** Whether a call may leave now: there is nobody else, or they were just asked. */
  mayCall(): boolean;
  /** Whether the others are being asked. */
  isAsking(): boolean;
  /** Asks them for the word; `changed` tells when they have answered, or have had their time. */
  ask(): void;
  /** Lets the others know what is new, at the end of the task. */
  tell(): void;
  /** The tab is no more one of them. */
  leave(): void;
}

/** What makes one voice of several tabs (T-17): made by `shareAcrossTabs` of the entry `./tabs`. */
export interface Tabs {
  /** Makes a tab one of its guest's. Called by a conversation as it starts. */
  connect(host: TabHost): TabLink;
}
