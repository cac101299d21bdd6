/** What a share of the values, from 0 to 1, is at most; 0 where there are none. */
export function within(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
