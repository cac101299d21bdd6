import { textOf } from './body.ts';
import type { Reply, ReplyHead } from './httpClient.ts';

/**
 * What speaks against a reply being the back end's own, in words for a developer: a login page, a
 * portal, the error page of a proxy. The contract speaks JSON, or says nothing; a success may be plain text.
 * `undefined` where nothing speaks against it. Nothing of the body is kept.
 */
export function foreignIn(reply: Reply): string | undefined {
  const { status, contentType, body } = reply;
  if (isMarkup(contentType) || page.test(textOf(body))) return 'a web page';
  if (contentType === '' || isJson(contentType)) return undefined;
  if (status >= 300) return 'neither JSON nor empty';
  return body.length === 0 || isPlain(contentType) ? undefined : 'neither JSON nor text';
}

/** Whether that can be said of a reply that is no success by its head alone. */
export function isForeignByHead({ contentType }: ReplyHead): boolean {
  return contentType !== '' && !isJson(contentType);
}

/** Whether a body is to be read as JSON. */
export function isJson(contentType: string): boolean {
  return /[/+]json\b/i.test(contentType);
}

/** Text that begins as markup does; behind a byte order mark, and in UTF-16 read as UTF-8, too. */
const page = /^[\s\0\ufffd]*</;

function isMarkup(contentType: string): boolean {
  return /\b(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType);
}

function isPlain(contentType: string): boolean {
  return /^text\/plain\b/i.test(contentType);
}
