import { defaultTiming } from 'genesys-conversation-machine';

const twoDigits = (value: number) => String(value).padStart(2, '0');

export function clockTime(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
}

export function preciseTime(time: number): string {
  return `${clockTime(time)}.${Math.floor(new Date(time).getMilliseconds() / 100)}`;
}

export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function waitLeft(ms: number): string {
  return ms > defaultTiming.retryAfterCap * 2 ? 'until something changes' : `${duration(ms)} left`;
}

export const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
