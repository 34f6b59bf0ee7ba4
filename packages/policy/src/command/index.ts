/** Command text to facts, and facts to a class. Policy judges them. */

export { classOf } from './command-class.js';
export { createJudge, type Judge } from './judge.js';
export { namesOf } from './model.js';
export { invalidModel, parseModel } from './parse-model.js';
