export type { Chart, ChartState, ChartTransition } from './chartOf.ts';
export { chartOf } from './chartOf.ts';
export { connectViewer, type ViewerPlace } from './connectViewer.ts';
export { createInspector, type Inspector, type InspectorOptions } from './createInspector.ts';
export { createRedaction } from './createRedaction.ts';
export type { RedactOptions } from './redaction.ts';
export type { InspectorMessage, Looker, PendingTimer, Plain, TakenTransition } from './types.ts';
