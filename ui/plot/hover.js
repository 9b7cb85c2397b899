// What of the run's plot answers to a pointer, and which step that is. Plotly takes the nearest point of
// every trace within its reach, whichever step each is of: the reach must not go beyond the step that is
// pointed at.

const MARK = 2; // pixels by which Plotly counts a mark nearer than its middle is
const LEAST = 1;

/**
 * How far from the pointer a point may lie, in pixels: as far as the edge of its step.
 * @param {number} width of the axis, in pixels
 * @param {[first: number, last: number]} range of steps on it
 */
export const reachOf = (width, [first, last]) =>
  Math.max(LEAST, Math.floor(width / (last - first) / 2) - MARK);

/**
 * The step, from 0, of what Plotly says was pointed at; marks of several branches stand beside its middle.
 * @param {{ points: { x: number }[] }} event
 */
export const stepOfEvent = ({ points: [{ x }] }) => Math.round(x) - 1;
