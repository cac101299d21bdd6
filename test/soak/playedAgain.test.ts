import { expect, it } from 'vitest';
import { conversation } from './found/conversation.ts';
import { session } from './found/session.ts';
import { stream } from './found/stream.ts';
import { tabs } from './found/tabs.ts';
import { wrongIn } from './world.ts';
import { worlds } from './worlds.ts';

it.each(Object.entries({ ...conversation, ...session, ...stream, ...tabs }))(
  '%s',
  async (_, { world: name, script }) => {
    const world = worlds.find((each) => each.name === name);
    if (!world) throw new Error(`There is no world ${name}.`);
    expect(wrongIn(await world.play(script))).toEqual([]);
  },
);
