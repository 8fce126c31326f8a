/** What instructions are replaced by: something else, which is no error. */
const OTHERWISE = [
  ['add.rn.f64', 'sub.rn.f64'],
  ['sub.rn.f64', 'add.rn.f64'],
  ['div.rn.f64', 'mul.rn.f64'],
  ['setp.lt.f64', 'setp.gt.f64'],
  ['setp.le.f64', 'setp.gt.f64'],
  ['setp.gt.f64', 'setp.lt.f64'],
  ['setp.ge.f64', 'setp.lt.f64'],
  ['or.b32', 'and.b32'],
  ['brev.b32', 'mov.u32'],
] as const;

/** The module with one instruction after the other replaced by what computes something else, products by sums unless told. */
export function changesOf(text: string, product = 'add.rn.f64') {
  const changes = [...OTHERWISE, ['mul.rn.f64', product] as const];
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const change = changes.find(([operation]) => line.includes(operation));
    return change
      ? [{ line, changed: lines.with(index, line.replace(change[0], change[1])).join('\n') }]
      : [];
  });
}
