/** For packages that take it for granted that they run in a page: the names that they ask for, and nothing behind them. */
export function pretendPage() {
  globalThis.window ??= globalThis;
  globalThis.self ??= globalThis;
  globalThis.navigator ??= { userAgent: 'node', onLine: true };
}
