import { readFileSync } from 'node:fs';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';

/** Everything that a program can import, by entry: values first, then types. Nothing joins or leaves unseen. */
const surface = {
  '.': {
    file: 'src/index.ts',
    values: `ConversationError clientCredentials consoleLogger createConversation defaultSessionTiming defaultStreamTiming defaultTiming
      describeTyping eventStream faithful guestRest isConversationError openGuestConversation parseRetryAfter persistLedger systemClock thrifty webMessaging`,
    types: `Accepted Answer AttemptOptions ClientCredentialsOptions ClientCredentialsProvider Clock CloseReason ConsoleLoggerOptions
      Conversation ConversationActor ConversationContext ConversationEmitted ConversationErrorCode
      ConversationErrorDetails ConversationEvent ConversationListener ConversationOptions DeploymentView DroppedReason Failure
      FailureCode FailureKind GenesysRegion GuestConversation GuestEvents GuestRestOptions HeldReason HistoryEntry HistoryOptions
      HistoryPart IncomingMessage Inspector
      Ledger LedgerPersistence LedgerStorage LogEntry Logger Mark MessageOptions OpenGuestConversationOptions PageEvent PeerRead PersistLedgerOptions RawFrame ReadCall Refreshed
      RemoteTypist RetryAfterContext Sender SendOptions SentMessage SessionActor SessionEmitted SessionFailure
      SessionListener SessionMessage SessionState SessionStorage SessionTiming SessionTimingOptions
      ConversationFrame EndedFrame EventsOptions GuestRest MessageFrame ReadFrame StreamTimingOptions StreamTold
      TypingFrame StorageTrouble StoredLedger Timing TimingOptions TokenProvider Transport TransportCapabilities TransportEvent
      TypeWhileOptions TypingCall
      TypingPhrases WebMessaging WebMessagingOptions WebSocketConstructor WebSocketLike`,
  },
  './machines': {
    file: 'machines/index.ts',
    values: 'conversationMachine failureOf kindOf sessionMachine',
    types: `Accepted CloseReason ConversationContext ConversationEmitted ConversationEvent ConversationInput
      ConversationPorts DroppedReason Failure FailureCode FailureKind FlushSettled FoundMessage FrameEvent
      HeldReason Inheritance Ledger LimitContext Mark OutboxEntry OutgoingFrame PeerRead ReadCall Readings ReceiptsContext
      Refreshed RemoteTypist RosterContext Sender SessionContext SessionEmitted SessionEvent SessionFailure
      SessionInput SessionMessage SessionPorts SessionReadings SessionTiming SocketClosed SocketCommand
      StorageTrouble StoredLedger Term Timing TokenContext TransportCapabilities TypingCall TypingContext Voice`,
  },
  './browser': {
    file: 'src/browser/index.ts',
    values: 'bindPage bindTyping observeRead',
    types: `BindPageOptions BindTypingOptions ObserveReadOptions PageTarget ReadTarget SeenConditions
      TypingTarget`,
  },
  './tabs': {
    file: 'src/tabs/index.ts',
    values: 'shareAcrossTabs',
    types: `OtherTab ShareAcrossTabsOptions TabChannel TabFacts TabHost TabIndicator TabLink TabListener Tabs TabStorage`,
  },
  './hub': {
    file: 'src/hub/index.ts',
    values: 'createHub',
    types: 'Hub HubConversation HubListener HubOptions HubStats',
  },
  './inspect': {
    file: 'src/inspect/index.ts',
    values: 'chartOf connectViewer createInspector createRedaction',
    types: `Chart ChartState ChartTransition Inspector InspectorMessage InspectorOptions Looker PendingTimer Plain
      RedactOptions TakenTransition ViewerPlace`,
  },
  './testing': {
    file: 'src/testing/index.ts',
    values: `countAsPerson createRecorder createScriptedGenesys createScriptedTransport createSteppedClock
      checkInvariants checkedClauses describeTransport explorePaths exposeTrace genesysFrames randomAnswers recordTrace traceOfPage typeText`,
    types: `CheckedClause ClockJump DrivenPage ExplorePathsOptions ExploredPaths ExploredSnapshots GenesysAction GenesysAnswer GuestFrame HeldCall MachinePath PathEnd RandomAnswersOptions Recorder
      RecorderOptions RemoteChange RemoteView ScriptedAnswer ScriptedCall ScriptedGenesys ScriptedGenesysOptions
      ScriptedOutcome ScriptedSocket ScriptedTransport ScriptedTransportOptions SteppedClock SteppedClockOptions
      TestRunner Trace TraceEntry TraceFile TransportTrouble TransportUnderTest TraceMark TraceMarks TraceMoment TraceValue TracedCall TypeTextOptions Violation`,
  },
  './testing/matchers': {
    file: 'src/testing/matchers/index.ts',
    values: 'conversationMatchers',
    types: 'ConversationMatchers',
  },
  './trace': {
    file: 'src/trace/index.ts',
    values: 'readTrace toTest toTimeline traceOf',
    types: 'ConversationTrace PlainEvent TimelineWindow TraceFailure TraceItem TraceLane',
  },
  './sandbox': {
    file: 'src/sandbox/index.ts',
    values: 'startSandbox',
    types: `CallFilter CallMatcher ConversationView DeploymentSettings FaultSpec FeedOnlyEvent GuestToken Manner
      MessageView OpenMessagingSettings PageGateway RateLimit RetryHint Sandbox SandboxAgent SandboxCall SandboxClock SandboxLane SandboxOpenMessaging SandboxOptions
      SandboxWebMessaging SocketFaultSpec SocketFaultTarget StartedConversation StreamEvent WaitOptions
      WebMessagingLimits WebMessagingSession WebhookDelivery WebhookTrouble`,
  },
} as const;

const words = (text: string): string[] => text.split(/\s+/).sort();

/** The names that a file exports by hand; an `export *` or a declaration of its own counts as one named so. */
function exportsOf(file: string): { values: string[]; types: string[] } {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const names = { values: [] as string[], types: [] as string[] };
  for (const statement of ts.createSourceFile(file, text, ts.ScriptTarget.Latest).statements) {
    const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    if (!ts.isExportDeclaration(statement) || !clause || !ts.isNamedExports(clause)) {
      names.values.push(`not by hand: ${text.slice(statement.pos, statement.end).trim()}`);
      continue;
    }
    for (const { name, isTypeOnly } of clause.elements) {
      names[isTypeOnly || statement.isTypeOnly ? 'types' : 'values'].push(name.text);
    }
  }
  return { values: names.values.sort(), types: names.types.sort() };
}

describe.each(Object.entries(surface))('%s', (entry, { file, values, types }) => {
  it('exports what it always did, name by name', () => {
    expect(exportsOf(file)).toEqual({ values: words(values), types: words(types) });
  });

  it('has every value at run time', async () => {
    const names = {
      '.': () => import('genesys-conversation-machine'),
      './machines': () => import('genesys-conversation-machine/machines'),
      './browser': () => import('genesys-conversation-machine/browser'),
      './tabs': () => import('genesys-conversation-machine/tabs'),
      './hub': () => import('genesys-conversation-machine/hub'),
      './inspect': () => import('genesys-conversation-machine/inspect'),
      './trace': () => import('genesys-conversation-machine/trace'),
      './testing': () => import('genesys-conversation-machine/testing'),
      './testing/matchers': () => import('genesys-conversation-machine/testing/matchers'),
      './sandbox': () => import('genesys-conversation-machine/sandbox'),
    }[entry];
    expect(Object.keys((await names?.()) ?? {}).sort()).toEqual(words(values));
  });
});

it('every entry of the package is looked at here', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  expect(Object.keys(manifest.exports).filter((entry) => entry !== './package.json')).toEqual(
    Object.keys(surface),
  );
});
