/** Command text to facts, and facts to a class. Policy judges them. */

export { classOf } from './command-class.js';
export { createJudge, type Judge } from './judge.js';
export { parseModel } from './parse-model.js';
