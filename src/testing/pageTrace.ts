import type { TraceFile } from '../shared/traceFile.ts';
import type { Recorder } from './recorder.ts';

const place = 'genesys-conversation-machine/trace';

/** A page of a browser that is driven from outside, as Playwright's is. */
export interface DrivenPage {
  /** Runs a function in the page and resolves with what it returned, as Playwright’s and Puppeteer’s pages do. */
  evaluate<Result, Given>(work: (given: Given) => Result, given: Given): Promise<Result>;
}

/**
 * In the page: lets a test that drives it read the trace. Returns what ends that.
 * @example
 * const end = exposeTrace(recorder); // in the page that a test drives
 * end();
 */
export function exposeTrace(recorder: Pick<Recorder, 'trace'>): () => void {
  const window = globalThis as Record<string, unknown>;
  window[place] = recorder.trace;
  return () => {
    delete window[place];
  };
}

/**
 * In the test: the trace of a page that called {@link exposeTrace}, to be given to `checkInvariants`. Throws an `Error`
 * where it did not.
 * @example
 * expect(checkInvariants(await traceOfPage(page))).toEqual([]); // `page` of Playwright or Puppeteer
 */
export async function traceOfPage(page: DrivenPage): Promise<TraceFile> {
  const text = await page.evaluate((name) => {
    const trace = (globalThis as Record<string, unknown>)[name];
    return typeof trace === 'function' ? JSON.stringify(trace()) : '';
  }, place);
  if (text === '') throw new Error('The page exposes no trace: call exposeTrace(recorder) in it.');
  return JSON.parse(text);
}
