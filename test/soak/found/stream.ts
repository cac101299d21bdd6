import { type Found, inStream, step } from './script.ts';

/** What soaks found in the world of an event stream, made small: of the machines, or of a checker that took something right for wrong. */
export const stream: Readonly<Record<string, Found>> = {
  'a message that one handle has elsewhere in its order than the next one is not read twice (R-3a)': inStream(
    [
      ...[step('say'), step('view'), step('wait', 1687), step('say'), step('view'), step('say')],
      ...[step('failHistory'), step('wait', 4229), step('say'), step('again'), step('say')],
      ...[step('elsewhere', 4996), step('say')],
    ],
  ),
  'what is typed on after a message is said anew once that is accepted (T-4)': inStream(
    [
      ...[step('wait', 2869), step('wait', 855), step('keys', 46), step('send'), step('keys', 527)],
      step('say'),
    ],
    {},
    { late: 4000, order: 390541330 },
  ),
  'a handle that comes later has not heard what was read on another device before (R-10)': inStream(
    [
      ...[step('say'), step('elsewhere'), step('wait', 5196), step('again'), step('tellAgain')],
      ...[step('read'), step('say')],
    ],
    { latency: 250 },
  ),
};
