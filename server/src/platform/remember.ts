/** A function that works out its answer once for an object and keeps it as long as the object lives. */
export function remembered<Input extends object, Output>(
  work: (input: Input) => Output,
): (input: Input) => Output {
  const answers = new WeakMap<Input, { readonly answer: Output }>();
  return (input) => {
    let known = answers.get(input);
    if (!known) answers.set(input, (known = { answer: work(input) }));
    return known.answer;
  };
}

/** The same for an answer out of two objects. */
export function rememberedPair<First extends object, Second extends object, Output>(
  work: (first: First, second: Second) => Output,
): (first: First, second: Second) => Output {
  const bySecond = remembered((second: Second) => remembered((first: First) => work(first, second)));
  return (first, second) => bySecond(second)(first);
}
