import { actionOf, field, isOut, told } from './frames.ts';
import { broken, type Checker } from './world.ts';

/** A session that is signed in cannot go on as a guest. */
const downgraded = 4017;

/** W-2: which guest a session is of, and when it is begun anew, as far as a trace shows it. */
export const identityCheckers: readonly Checker[] = [
  {
    clause: 'W-2',
    looksFor: 'a token that is used after it had to be forgotten, or changed without a reason',
    check: (world) => {
      const configures = world
        .all('frame')
        .filter((each) => isOut(each) && actionOf(each) === 'configureSession');
      const forgets = world.sessions.flatMap((session) =>
        told(session, 'session.closed', 'session.failed').filter(({ event }) => {
          if (event.type === 'session.closed') return ['signedIn', 'logout'].includes(event.reason);
          return event.type === 'session.failed' && event.failure.errorCode === downgraded;
        }),
      );
      // Whose frame it is shows where one session follows another, and none are at once.
      if (world.sessions.some(({ began }, nth) => began.index < (world.sessions[nth - 1]?.stoppedAt ?? 0)))
        return [];
      return configures.flatMap((each, nth) => {
        const isForgotten = forgets.some(({ index }) => {
          const last = configures.findLast((other) => other.index < index);
          return last && index < each.index && field(each.frame, 'token') === field(last.frame, 'token');
        });
        if (isForgotten) return [broken(each, 'the token of a guest who was signed out was used again')];
        const before = configures[nth - 1];
        if (!before) return [];
        const isSame = field(each.frame, 'token') === field(before.frame, 'token');
        const hasReason = [...forgets, ...world.sessions.map(({ began }) => began)].some(
          ({ index }) => index > before.index && index < each.index,
        );
        return isSame || hasReason ? [] : [broken(each, 'the guest became another one')];
      });
    },
  },
];
