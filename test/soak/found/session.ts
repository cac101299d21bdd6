import { type Found, inSession, step } from './script.ts';

/** What soaks found in the world of a session, made small: of the machines, or of a checker that took something right for wrong. */
export const session: Readonly<Record<string, Found>> = {
  'a frame that nobody understands is not what a socket ended by that was overdue (W-7)': inSession(
    [[step('connect'), step('odd'), step('sleep')]],
    {},
    { late: 4000, order: 0 },
  ),
  'a key after a send over a socket begins no episode that is not worth its call (T-6)': inSession([
    [
      ...[step('keys', 4457), step('send'), step('keys'), step('goSilent'), step('wait', 6502)],
      step('connect'),
    ],
  ]),
  'a message of the guest’s from elsewhere ends their typing before it is news to anybody (T-11)': inSession(
    [[step('connect')], [step('send'), step('limit', 4738), step('keys', 8961), step('connect')]],
    { latency: 150, random: 0 },
  ),
  'a page of history that was asked for before a message left has it (W-6)': inSession(
    [
      [
        ...[step('drop', 1), step('send'), step('stopsTyping'), step('send'), step('send')],
        ...[step('connect'), step('connect')],
      ],
    ],
    { latency: 0 },
    { late: 0, order: 8 },
  ),
  'what is said live waits no longer where history cannot be had (I-1)': inSession([
    [
      ...[step('say'), step('drop', 7994), step('failHistory'), step('keys', 1989), step('say')],
      ...[step('keys', 4856), step('connect')],
    ],
  ]),
  'what is told as history cannot be had is no news behind what another look finds (I-1)': inSession([
    [
      ...[step('wipe'), step('say'), step('wait', 1), step('failHistory'), step('connect'), step('say')],
      step('wait', 5784),
    ],
  ]),
  'a session that began as one that can only be looked at has missed nothing (I-1)': inSession([
    [step('expire'), step('wait', 1), step('connect'), step('odd', 4534)],
  ]),
  'a session that is had again and begun anew in one instant goes on with its conversation in between (L-4)':
    inSession([[step('drop', 1689), step('startNew')]], { latency: 0 }),
  'a health check that was deferred leaves right after a doubt was asked about in its place (W-8)': inSession(
    [
      [
        ...[step('drop'), step('connect'), step('lasts', 3053), step('wait', 9878), step('wait', 9986)],
        ...[step('drop'), step('connect'), step('keys', 3023)],
      ],
    ],
  ),
  'what was said before a clock was set, and the session begun anew, is in no order (I-1)': inSession(
    [
      [...[step('say'), step('wall', 4419), step('send'), step('wipe'), step('connect'), step('connect')]],
      [step('connect')],
    ],
    { storesToken: true },
  ),
  'what was said by a clock that was set back since is no order for what follows (I-1)': inSession(
    [
      [step('startNew'), step('say'), step('failHistory', 426), step('wall', 1563)],
      [step('say'), step('connect')],
    ],
    { storesToken: true },
  ),
  'everything up to now is more each time that it is asked for (R-4)': inSession(
    [[step('read'), step('wait', 3096), step('read'), step('connect')]],
    { reportsReads: true },
  ),
  'a mark of an earlier conversation that a slow storage gives back is one of an earlier run (R-9)':
    inSession(
      [
        [
          ...[step('wait', 687, 1), step('read', 2183), step('say', 2704), step('disconnect', 518, 1)],
          ...[step('sleep', 9679), step('lasts', 9127, 1), step('wait', 9220), step('keys', 7785)],
          ...[step('say', 4278), step('view', 9883, 1), step('startNew', 2464)],
        ],
        [
          ...[step('connect', 4264, 1), step('startNew', 5), step('wait', 2), step('resume', 4224, 1)],
          ...[step('types', 3941), step('wait', 7175, 1), step('wall', 7082, 1)],
        ],
      ],
      {
        ...{ resolution: 5, latency: 0, config: 'skip', storesToken: true, isStorageSlow: true },
        ...{ reportsReads: true, random: 0 },
      },
      { late: 0, order: 854850270 },
    ),
};
