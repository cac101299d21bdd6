/** The sandbox answered, and not with what was asked for. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The sandbox answered with ${status}.`);
    this.status = status;
  }
}
