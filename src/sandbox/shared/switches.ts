/** What a test may switch while the sandbox runs. */
export interface Switches {
  /** Whether guests may show that they type; when off, their typing is refused. */
  typingEnabled: boolean;
}
