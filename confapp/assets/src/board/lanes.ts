// Side by side: what overlaps in one room shares its column in lanes, so that nothing ever lies hidden under another.

export interface Lane {
  lane: number;
  of: number;
}

/** For each of `items` its lane and how many lanes its cluster has; touching ends do not overlap. */
export function lanes<T extends { start: number; end: number }>(items: readonly T[]): Map<T, Lane> {
  const placed = new Map<T, Lane>();
  const sorted = [...items].sort((a, b) => a.start - b.start || b.end - a.end);
  let cluster: [T, number][] = [];
  let ends: number[] = [];
  const settle = (): void => {
    for (const [item, lane] of cluster) placed.set(item, { lane, of: ends.length });
    cluster = [];
    ends = [];
  };
  for (const item of sorted) {
    if (ends.every((end) => end <= item.start)) settle();
    let lane = ends.findIndex((end) => end <= item.start);
    if (lane < 0) lane = ends.length;
    ends[lane] = item.end;
    cluster.push([item, lane]);
  }
  settle();
  return placed;
}
