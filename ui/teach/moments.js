// Which steps a film strip shows. Pure.

/**
 * The first of some steps, then evenly spread ones that another strip has as well, so that both show the
 * same.
 * @param {number[]} own
 * @param {number[]} others
 * @param {number} count
 */
export function momentsOf(own, others, count) {
  const both = own.filter((step) => others.includes(step));
  const steps = both.length ? both : own;
  const last = steps[steps.length - 1];
  const rest = Array.from({ length: count - 1 }, (_, i) => {
    const wanted = (last * (i + 1)) / (count - 1);
    return steps.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a));
  });
  return [...new Set([own[0], ...rest])];
}
