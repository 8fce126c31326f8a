/** What instructions are replaced by: something else, which is no error. One that holds other values back at most is seen by its second. */
const OTHERWISE = [
  ['add.rn.f64', ['sub.rn.f64']],
  ['sub.rn.f64', ['add.rn.f64']],
  ['mul.rn.f64', ['add.rn.f64', 'sub.rn.f64']],
  ['div.rn.f64', ['mul.rn.f64']],
  ['setp.lt.f64', ['setp.gt.f64']],
  ['setp.le.f64', ['setp.gt.f64']],
  ['setp.gt.f64', ['setp.lt.f64']],
  ['setp.ge.f64', ['setp.lt.f64']],
  ['or.b32', ['and.b32']],
  ['brev.b32', ['mov.u32']],
] as const;

/** One instruction of a module after the other, with the modules in which it is replaced by what computes something else. */
export function changesOf(text: string): { readonly line: string; readonly changed: readonly string[] }[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const [operation, others] = OTHERWISE.find(([each]) => line.includes(each)) ?? ['', []];
    const changed = others.map((other) => lines.with(index, line.replace(operation, other)).join('\n'));
    return changed.length > 0 ? [{ line, changed }] : [];
  });
}
