import { readFile } from 'node:fs/promises';

/** A fenced block of a page: its language, and its lines. */
export interface Block {
  readonly language: string;
  readonly code: string;
}

/** The fenced blocks of the README, in order. */
export async function readmeBlocks(): Promise<readonly Block[]> {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  return [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
}
