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
