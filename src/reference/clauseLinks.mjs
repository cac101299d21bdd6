import { readFileSync } from 'node:fs';
import { PageEvent } from 'typedoc';

const clauses = readFileSync(new URL('../../machines/CLAUSES.md', import.meta.url), 'utf8');
const ids = [...clauses.matchAll(/^- \*\*([A-Z]-?\d+[a-z]?)\*\*/gm)].map(([, id]) => id);
const anId = new RegExp(`(?<![-\\w])(?:${ids.join('|')})(?![-\\w])`, 'g');
const list = 'documents/machines_CLAUSES.html';
/** What stays as it is, and what is text between two tags. */
const pieces = /<(title|a|script|style|svg)\b[^>]*>[\s\S]*?<\/\1>|>[^<]+/g;

/** Makes a link of the id of a clause wherever it is cited, to where it is listed. */
export function load(app) {
  app.renderer.on(PageEvent.END, (page) => {
    const place = page.url === list ? '' : `${'../'.repeat(page.url.split('/').length - 1)}${list}`;
    const contents = page.contents?.replace(/<strong>(\S+?)<\/strong>/g, (bold, id) =>
      page.url === list && ids.includes(id) ? bold.replace('>', ` id="${id}">`) : bold,
    );
    page.contents = contents?.replace(pieces, (piece, tag) =>
      tag === undefined ? piece.replace(anId, (id) => `<a href="${place}#${id}">${id}</a>`) : piece,
    );
  });
}
