// A vitest reporter for scripts/test.mjs: what failed, and why each skipped test was skipped. Writes JSON to the file
// that MESHCLAW_SUMMARY names. A test says why it cannot run here by `skip('the reason')` of its context.

import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

export default class SummaryReporter {
  onTestRunEnd(modules, unhandled) {
    const summary = { passed: 0, failed: [], skipped: [] };
    for (const module of modules) addModule(summary, module);
    for (const error of unhandled) summary.failed.push(`outside any test: ${firstLine(error.message)}`);
    if (process.env.MESHCLAW_SUMMARY) writeFileSync(process.env.MESHCLAW_SUMMARY, JSON.stringify(summary));
  }
}

function addModule(summary, module) {
  const file = relative(process.cwd(), module.moduleId);
  for (const test of module.children.allTests()) {
    const title = `${file}: ${test.fullName}`;
    const result = test.result();
    if (result.state === 'passed') summary.passed += 1;
    else if (result.state === 'skipped') summary.skipped.push({ title, reason: result.note ?? 'no reason given' });
    else summary.failed.push(title); // a test that never ended counts as failed
  }
  for (const error of module.errors()) summary.failed.push(`${file}: ${firstLine(error.message)}`);
  for (const suite of module.children.allSuites()) {
    for (const error of suite.errors()) summary.failed.push(`${file}: ${suite.fullName}: ${firstLine(error.message)}`);
  }
}

const firstLine = (text) => String(text).split('\n', 1)[0];
