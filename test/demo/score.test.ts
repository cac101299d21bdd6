import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStage } from '../../examples/demo/stage/createStage.ts';
import { createLightMeter, type Look } from '../../examples/demo/stage/lightMeter.ts';
import { createScore, type Player } from '../../examples/demo/stage/score.ts';

test('who begins to listen while something is told hears what comes next', () => {
  const stage = createStage();
  const heard: unknown[] = [];
  stage.listen(() => stage.listen((fact) => heard.push(fact)));
  stage.tell({ type: 'ready', conversationId: 'one' });
  expect(heard).toEqual([]);
  stage.tell({ type: 'ready', conversationId: 'two' });
  expect(heard).toEqual([{ type: 'ready', conversationId: 'two' }]);
});

describe('an indicator is measured beside what is true: a key in the last 3 s, and neither sent nor given up', () => {
  const measured = (tell: (meter: ReturnType<typeof createLightMeter>) => void) => {
    const looks: [Look, number][] = [];
    const meter = createLightMeter((look, at) => looks.push([look, at]));
    meter.advance(0);
    tell(meter);
    meter.advance(20_000);
    return { looks, ...meter.wrong() };
  };

  test('one that is late, and goes on too long', () => {
    const result = measured((meter) => {
      meter.key(1000);
      meter.lit(1200);
      meter.out(5000);
    });
    expect(result).toEqual({
      looks: [
        ['missing', 1000],
        ['right', 1200],
        ['false', 4000],
        ['dark', 5000],
      ],
      ms: 1200,
      falselyLit: 1000,
      longestFalse: 1000,
    });
  });

  test('one that runs out while somebody types', () => {
    const result = measured((meter) => {
      meter.key(0);
      meter.lit(0, 5000);
      for (let at = 500; at <= 8000; at += 500) meter.key(at);
    });
    expect([result.ms, result.falselyLit]).toEqual([6000, 0]);
  });

  test('what was sent is typed no longer, nor what was given up and not taken back', () => {
    expect(measured((meter) => meter.key(0)).ms).toBe(3000);
    const sent = measured((meter) => {
      meter.key(0);
      meter.sent(100);
    });
    expect(sent.ms).toBe(100);
    const emptied = measured((meter) => {
      meter.key(0);
      meter.paused(100);
    });
    expect(emptied.ms).toBe(250);
    const takenBack = measured((meter) => {
      meter.key(0);
      meter.paused(100);
      meter.key(200);
    });
    expect(takenBack.ms).toBe(3200);
  });
});

describe('the others on the same keys', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const startScore = () => {
    const stage = createStage();
    const score = createScore(stage, () => {});
    const type = async (ms: number, tab = 1) => {
      for (let passed = 0; passed < ms; passed += 200) {
        stage.tell({ type: 'key', at: Date.now(), tab });
        await vi.advanceTimersByTimeAsync(200);
      }
    };
    const of = (player: Player) => {
      const { calls, ms } = score.of(player);
      return [calls, Math.round(ms / 100) / 10];
    };
    return { stage, score, type, of };
  };

  test('a debounce goes dark in a long answer, a throttle does not, and a call per key never says that it is over', async () => {
    const { score, type, of } = startScore();
    await type(12_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(score.keys()).toBe(60);
    const [calls, wrong] = of('debounce');
    expect(calls).toBe(2);
    expect(wrong).toBeCloseTo(11.8 + 3 - 5, 0);
    expect(of('lodash')).toEqual([5, 0.8]); // Its last start is older than an indicator lives when the stop comes.
    expect(of('everyKey')[0]).toBe(60);
    expect(of('everyKey')[1]).toBeGreaterThan(1);
  });

  test('after a message a debounce says nothing more until a silence', async () => {
    const { stage, type, of } = startScore();
    for (let message = 0; message < 3; message += 1) {
      await type(1000);
      stage.tell({ type: 'submitted', at: Date.now(), tab: 1 });
      stage.tell({ type: 'arrived', at: Date.now() });
    }
    expect(of('debounce')).toEqual([1, 2]);
    expect(of('lodash')).toEqual([3, 0.1]);
  });

  test('in two tabs the first one’s stop puts the light out under the second', async () => {
    const { type, of } = startScore();
    await type(2000, 1);
    await type(6000, 2);
    expect(of('debounce')[1]).toBeGreaterThan(2.5);
  });

  test('a refused start is not made good by a debounce, and a limit refuses everybody', async () => {
    const { stage, type, of } = startScore();
    stage.tell({ type: 'limited', until: Date.now() + 4000 });
    await type(8000);
    expect(of('debounce')).toEqual([1, 8]);
    expect(of('lodash')[1]).toBeCloseTo(6, 0);
    expect(of('everyKey')[1]).toBeCloseTo(4, 0);
  });

  test('what was counted begins anew, and nothing of before goes on', async () => {
    const { stage, score, type, of } = startScore();
    await type(2000);
    stage.tell({ type: 'cleared', at: Date.now() });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(score.keys()).toBe(0);
    expect([of('debounce'), of('lodash'), of('everyKey')]).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });
});
