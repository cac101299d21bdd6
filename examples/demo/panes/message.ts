/** A message as this page shows it, and as the REST contract lists it. */
export interface Message {
  readonly messageId: string;
  readonly participantId: string;
  readonly text: string;
  readonly sentAt: string;
  readonly position?: number;
}
