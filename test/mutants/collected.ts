import { expect, vi } from 'vitest';

type Body = (...values: readonly unknown[]) => unknown;

interface Suite {
  readonly titles: readonly string[];
  readonly parent: Suite | null;
  readonly hooks: Record<'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll', Body[]>;
}

/** A test as its file told of it. */
export interface Case {
  readonly title: string;
  readonly suite: Suite;
  readonly body: Body;
}

const suiteOf = (parent: Suite | null, title: string): Suite => ({
  titles: [...(parent?.titles ?? []), title],
  parent,
  hooks: { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] },
});

let suite = suiteOf(null, '');
let cases: Case[] = [];
let finished: Body[] = [];

/** The tests that `load` tells of. */
export function collect(load: () => unknown): readonly Case[] {
  suite = suiteOf(null, '');
  cases = [];
  load();
  const seen = new Map<string, number>();
  return cases.map((each) => {
    const nth = (seen.get(each.title) ?? 0) + 1;
    seen.set(each.title, nth);
    return nth === 1 ? each : { ...each, title: `${each.title} (${nth})` };
  });
}

/** Runs a test with all that its suites want before and after it. Rejects as it does. */
export async function runCase({ suite: own, body }: Case): Promise<void> {
  const suites: Suite[] = [];
  for (let each: Suite | null = own; each; each = each.parent) suites.unshift(each);
  const inwards = (name: 'beforeAll' | 'beforeEach'): readonly Body[] =>
    suites.flatMap(({ hooks }) => hooks[name]);
  const outwards = (name: 'afterEach' | 'afterAll'): readonly Body[] =>
    suites.toReversed().flatMap(({ hooks }) => hooks[name].toReversed());
  const errors: unknown[] = [];
  const attempt = async (each: Body): Promise<void> => {
    try {
      await each({});
    } catch (error) {
      errors.push(error);
    }
  };
  finished = [];
  for (const each of [...inwards('beforeAll'), ...inwards('beforeEach')]) await attempt(each);
  if (errors.length === 0) await attempt(body);
  for (const each of [...finished.toReversed(), ...outwards('afterEach'), ...outwards('afterAll')])
    await attempt(each);
  if (errors.length > 0) throw errors[0];
}

const bodyIn = (values: readonly unknown[]): Body | undefined =>
  values.find((value): value is Body => typeof value === 'function');

function describeIt(title: string, ...rest: readonly unknown[]): void {
  const outer = suite;
  suite = suiteOf(outer, title);
  bodyIn(rest)?.();
  suite = outer;
}

function testIt(title: string, ...rest: readonly unknown[]): void {
  const body = bodyIn(rest);
  if (body) cases.push({ title: [...suite.titles, title].join(' › '), suite, body });
}

const rowOf = (row: unknown): readonly unknown[] => (Array.isArray(row) ? row : [row]);

function withVariants<Teller extends (title: string, ...rest: readonly unknown[]) => void>(tell: Teller) {
  const nothing = (): void => {};
  return Object.assign(tell, {
    each:
      (rows: readonly unknown[]) =>
      (title: string, ...rest: readonly unknown[]) => {
        const body = bodyIn(rest);
        for (const [nth, row] of rows.entries())
          tell(`${title} [${nth}]`, ...(body ? [() => body(...rowOf(row))] : []));
      },
    runIf: (holds: unknown) => (holds ? tell : nothing),
    skipIf: (holds: unknown) => (holds ? nothing : tell),
    skip: nothing,
    todo: nothing,
    concurrent: tell,
    sequential: tell,
  });
}

const hook =
  (name: keyof Suite['hooks']) =>
  (body: Body): void => {
    suite.hooks[name].push(body);
  };

/** Vitest's own polls belong to its own runner. These give up sooner: a mutant is waited for often. */
const poll = (ask: () => unknown, { timeout = 1000, interval = 20 } = {}): unknown =>
  asked(ask, [], { timeout: Math.min(timeout, 2000), interval });

function asked(
  ask: () => unknown,
  path: readonly string[],
  wait: { readonly timeout: number; readonly interval: number },
): unknown {
  return new Proxy((): void => {}, {
    get: (_, name) => asked(ask, [...path, String(name)], wait),
    apply: (_, __, values) =>
      vi.waitFor(async () => {
        let matcher: unknown = expect(await ask());
        for (const name of path.slice(0, -1)) matcher = Reflect.get(Object(matcher), name);
        const method: unknown = Reflect.get(Object(matcher), path.at(-1) ?? '');
        if (typeof method !== 'function') throw new Error(`no matcher ${path.join('.')}`);
        await Reflect.apply(method, matcher, values);
      }, wait),
  });
}

/** What a file of tests gets that imports `vitest`. */
export const vitest = {
  vi,
  expect: new Proxy(expect, {
    get: (target, name, receiver) => (name === 'poll' ? poll : Reflect.get(target, name, receiver)),
  }),
  describe: withVariants(describeIt),
  it: withVariants(testIt),
  test: withVariants(testIt),
  beforeAll: hook('beforeAll'),
  beforeEach: hook('beforeEach'),
  afterEach: hook('afterEach'),
  afterAll: hook('afterAll'),
  onTestFinished: (body: Body): void => {
    finished.push(body);
  },
};
