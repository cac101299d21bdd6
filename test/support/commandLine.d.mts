import type { ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

export function readCommandLine<const Given extends Options>(
  help: string,
  options?: Given,
  rules?: { readonly allowPositionals?: boolean },
): ReturnType<typeof parseArgs<{ options: Given; allowPositionals: true }>>;

export function refuse(line: string): never;
