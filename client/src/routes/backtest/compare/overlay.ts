interface Course {
  readonly times: Float64Array;
  readonly equity: Float64Array;
}

/** Two courses from 1 on over all times of either; where one has no value at a time its last one holds. */
export function overlaid(a: Course, b: Course): { times: Float64Array; a: Float64Array; b: Float64Array } {
  const times = Float64Array.from(new Set([...a.times, ...b.times])).toSorted();
  return { times, a: along(times, a), b: along(times, b) };
}

function along(times: Float64Array, { times: own, equity }: Course): Float64Array {
  let next = 0;
  return times.map((time) => {
    while (next < own.length && own[next] <= time) next += 1;
    return next === 0 ? NaN : equity[next - 1] / equity[0];
  });
}
