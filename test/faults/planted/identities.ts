import type { Fault } from '../faults.ts';

const session = (name: string): string => `machines/session/${name}.ts`;

/** Faults of which guest a session is of, and of when it is begun anew. */
export const identityFaults: readonly Fault[] = [
  {
    clause: 'W-2',
    what: 'a guest who was signed out keeps their token',
    file: session('live.states'),
    from: "actions: ['forgetIdentity', 'closeByLogout']",
    to: "actions: ['closeByLogout']",
    shows: 'a guest who is signed out',
  },
  {
    clause: 'W-2',
    what: 'a token that must not be used again stays in the storage',
    file: 'src/webMessaging/identity.ts',
    from: 'later((from) => from.removeItem(key));',
    to: 'later((from) => void from);',
    shows: 'a guest who is signed out, and loads the page again',
  },
  {
    clause: 'W-2',
    what: 'a downgrade keeps the token',
    file: 'machines/session/errorCodes.ts',
    from: "[4017, 'forget'],",
    to: "[4017, 'fatal'],",
    shows: 'a guest who may not go on as one',
  },
  {
    clause: 'W-2',
    what: 'who signed in elsewhere keeps the token',
    file: 'machines/session/live.states.ts',
    from: "actions: ['forgetIdentity', 'closeBySignIn'] }, // W-2",
    to: "actions: ['closeBySignIn'] },",
    shows: 'a guest who signed in elsewhere',
  },
  {
    clause: 'W-2',
    what: 'every reconnect after a new session asks for another one',
    file: 'machines/session/session.logic.ts',
    from: 'noteConfigured: base.assign({ startNew: false, cleared: false, failure: null }),',
    to: 'noteConfigured: base.assign({ cleared: false, failure: null }),',
    shows: 'a new session that is lost',
  },
  {
    clause: 'W-2',
    what: 'a conversation that was wiped long ago is why a later session closes',
    file: 'machines/session/session.logic.ts',
    from: 'noteConfigured: base.assign({ startNew: false, cleared: false, failure: null }),',
    to: 'noteConfigured: base.assign({ startNew: false, failure: null }),',
    shows: 'a guest who signed in elsewhere, long after their conversation was wiped',
  },
];
