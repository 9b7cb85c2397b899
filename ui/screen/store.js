// The one store: what the page knows of the moment. Parts read it; each field is written by the part that it
// names.

import { IDLE } from "./machine.js";

/** @import { Course } from "../teach/types.js" */
/** @import { Table } from "../whatif/types.js" */
/** @import { Run } from "./types.js" */

/**
 * @typedef {object} Store
 * @property {Run | null} run the run on screen (view.js; its phase: job.js)
 * @property {Table | null} table its schedules (view.js)
 * @property {number | null} threshold what the slider says (slider.js; of a fresh run: view.js)
 * @property {string | null} notice what could not be, in words (job.js; gone at a move: slider.js)
 * @property {Readonly<import("./machine.js").Job>} job where Run and Stop are (job.js)
 * @property {string} place in the queue, in words (notice.js; gone at a start: job.js)
 * @property {string} model that the next run is of (model.js)
 * @property {string} obstacle why this machine cannot run it, in words (model.js)
 * @property {boolean} rivalsBusy rivals are made (samecost.js)
 * @property {boolean} thirdBusy the video of fewer steps is made (fewersteps.js)
 * @property {number} lanes in the player (player.js)
 * @property {string} mode how its clips are compared (player.js)
 * @property {boolean} pair two runs of the history are played (player.js)
 * @property {{ fps: number, frames: number, still: boolean } | null} clip of the run on screen (player.js)
 * @property {boolean} dragging the threshold is held in the plot (handle.js)
 * @property {string[]} visited this visitor's runs (history.js)
 * @property {Course | null} course what the tour needs besides the run on screen (course.js)
 */

/** @type {Store} */
export const store = {
  run: null,
  table: null,
  threshold: null,
  notice: null,
  job: IDLE,
  place: "",
  model: "",
  obstacle: "",
  rivalsBusy: false,
  thirdBusy: false,
  lanes: 2,
  mode: "side",
  pair: false,
  clip: null,
  dragging: false,
  visited: [],
  course: null,
};
