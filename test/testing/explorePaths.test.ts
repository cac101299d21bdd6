import { explorePaths } from 'genesys-conversation-machine/testing';
import { expect, it } from 'vitest';
import { sample } from '../support/sample.ts';

it('plays paths on live actors, from their beginning, step by step', () => {
  const { paths } = explorePaths({ machine: 'session' });
  const [path] = paths;
  const told: (string | null)[] = [];
  const end = path?.replay((snapshot, step) => {
    if (step === null) expect(snapshot.value).toBe('idle');
    told.push(step);
  });
  expect(told).toEqual([null, ...(path?.steps ?? [])]);
  expect(end).toMatchObject({ isAtRest: true });
  expect(path?.replay()).toEqual(end);
  expect(path?.title).toBe(`whole: ${path?.steps.join(' > ')}`);
});

it('holds what shows a state to all that there are, those included that nobody thought of', () => {
  const words: Readonly<Record<string, string>> = { ready: '', offline: 'No network', ended: 'Over' };
  const wordless = new Set<string>();
  for (const { replay } of explorePaths({ machine: 'conversation' }).paths.filter(
    (_, nth) => nth % sample(4, 1) === 0,
  ))
    replay(({ value }) => {
      const link = typeof value.link === 'string' ? value.link : 'refreshing';
      if (words[link] === undefined) wordless.add(link);
    });
  expect([...wordless].sort()).toEqual(['refreshing', 'unauthorized']);
});

it('tells what is thrown at a step, and of a machine that there is not', () => {
  const [path] = explorePaths({ machine: 'session' }).paths;
  const breaks = () => {
    throw new Error('no view for this');
  };
  expect(() => path?.replay(breaks)).toThrow('no view for this');
  for (const options of [{ machine: 'stream' }, { machine: 'toString' }, {}, null] as never[])
    expect(() => explorePaths(options)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});
