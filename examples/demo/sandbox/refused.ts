/** The sandbox answered, and not with what was asked for. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The local server that plays Genesys answered with ${status}.`);
    this.status = status;
  }
}
