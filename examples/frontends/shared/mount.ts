import type { Guest } from './guest.ts';

/** Shows a chat in an element; returns what takes it away again. */
export type Mount = (root: HTMLElement, guest: Guest) => () => void;
