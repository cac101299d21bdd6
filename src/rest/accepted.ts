import type { ConversationError } from '../errors.ts';
import { field } from '../shared/json.ts';
import { jsonIn, textOf } from './body.ts';
import { type About, failed } from './failed.ts';
import type { Reply } from './request.ts';

/**
 * What speaks against a 2xx whose body carries nothing that is needed: a page instead of a reply, JSON that
 * is none, a body without end, or a reply about another conversation. `undefined` where it is a success.
 * Nothing of the body is kept.
 */
export function objectionTo(
  { status, contentType, body }: Reply,
  about: About,
  conversationId: string,
): ConversationError | undefined {
  const objection = (detail: string) => failed('unreadable-reply', about, { status, detail });
  if (status === 204 || status === 205) return undefined;
  if (isMarkup(contentType) || (contentType === '' && /^\s*</.test(textOf(body)))) {
    return objection('a web page');
  }
  if (body === 'too-long') return objection('longer than 64 KiB');
  if (body.length === 0 || !isJson(contentType)) return undefined;
  const parsed = jsonIn(body);
  if (parsed === undefined) return objection('broken JSON');
  const other = field(parsed, 'conversationId');
  return typeof other === 'string' && other !== conversationId
    ? objection('about another conversation')
    : undefined;
}

function isJson(contentType: string): boolean {
  return /[/+]json\b/i.test(contentType);
}

function isMarkup(contentType: string): boolean {
  return /\b(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType);
}
