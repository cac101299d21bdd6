import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const folder = new URL('../../src/rest/contract/', import.meta.url);
/** The page of the contract. */
export const page = readFileSync(new URL('CONTRACT.md', folder), 'utf8');
/** The contract for machines. */
export const document = JSON.parse(readFileSync(new URL('openapi.json', folder), 'utf8')) as Contract;

interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, object>>;
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
}

interface Schema {
  readonly properties?: { readonly type?: { readonly const?: string } };
}

/** A contract leaves room for more; what the sandbox sends beyond what is documented would go unseen. */
const closed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, closed(each)]));
  return 'properties' in value && 'type' in value ? { ...copy, additionalProperties: false } : copy;
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(closed(document) as object, 'contract');

/** What speaks against a value by the schema at a place of the document. */
export const objections = (place: readonly string[], value: unknown): string[] => {
  const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const validate = ajv.compile({ $ref: `contract#/${pointer.join('/')}` });
  return validate(value) ? [] : (validate.errors ?? []).map((each) => `${each.instancePath} ${each.message}`);
};

/** Every operation, with where it stands. */
export const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([method]) => method !== 'parameters')
    .map(([method, operation]) => ({ path, method, ...operation })),
);

interface Documented {
  readonly $ref?: string;
  readonly headers?: object;
  readonly content?: { readonly 'application/json': { readonly schema: { readonly $ref: string } } };
}

/** A response of the document, whether it stands there or is named. */
export function resolved(response: Documented | undefined): Documented {
  if (response?.$ref === undefined) return response ?? {};
  return response.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], document) as Documented;
}

/** Whether a path is one of those that a path of the document stands for. */
export function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}/?$`).test(path);
}
