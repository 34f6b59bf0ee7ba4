/** A plan as a person reads it before saying yes: everything that would run, nothing shortened, nothing hidden. */

import type { Action, Plan, PlanStepBody } from '@meshclaw/core';
import { quotedWord, visibleLine } from './escape.js';

/** The whole plan. Text that came from outside has every invisible character as an escape; the asker's words are quoted. */
export function planLines(plan: Plan): readonly string[] {
  const { body } = plan;
  return [
    `plan      ${plan.id}`,
    `title     ${visibleLine(plan.title)}`,
    `digest    ${plan.digest}`,
    `asked by  ${visibleLine(`${body.subject.type}:${body.subject.id}`)}${body.workflow === null ? '' : ` through ${body.workflow}`}`,
    `because   ${plan.askedBecause === null ? 'no reason was given' : `(the asker's own words) ${quoted(plan.askedBecause)}`}`,
    `made      ${plan.createdAt}, void after ${plan.expiresAt}`,
    ...body.steps.flatMap((step, index) => stepLines(step, index, body.steps.length)),
    'void      if the bytes, the server, or what was observed differ when it runs',
  ];
}

function stepLines(step: PlanStepBody, index: number, count: number): readonly string[] {
  const { target, limits, observed, platform } = step;
  const facts = Object.entries(platform).map(([name, value]) => `${name} ${value}`);
  return [
    '',
    `step ${index + 1} of ${count}: ${step.operation} (${step.class}): ${visibleLine(step.why)}`,
    `  server    ${visibleLine(target.id)}, reached by ${target.executor}, which must be ${quotedWord(target.identity)}`,
    ...(facts.length === 0 ? [] : [`  system    ${facts.join(', ')}`]),
    `  input     ${json(step.input)}`,
    ...actionLines(step.action).map((line) => `  ${line}`),
    `  observed  ${observed === null ? 'nothing: what is there is not looked at' : `${observed.operation} ${json(observed.value)}`}`,
    `  limits    ${limits.timeoutMs} ms, ${limits.maxOutputBytes} bytes of output`,
  ];
}

/** The exact action: every word by itself, whole script, whole standard input. */
export function actionLines(action: Action): readonly string[] {
  if (action.kind === 'api') return [`calls     ${visibleLine(action.call)}`, `          ${json(action.arguments)}`];
  const words = action.argv.flatMap((word, place) => wordLines(word, place));
  return [
    `runs as   ${action.as === 'root' ? 'root (the login if it is root, else sudo -n)' : 'the login'}`,
    ...(action.cwd === undefined ? [] : [`in        ${quotedWord(action.cwd)}`]),
    'words',
    ...words,
    ...(action.stdin === undefined ? [] : ['standard input', ...block(action.stdin)]),
  ];
}

/** A word of several lines (a script) is shown as the lines it has. */
function wordLines(word: string, place: number): readonly string[] {
  if (!word.includes('\n')) return [`  [${place}] ${quotedWord(word)}`];
  return [`  [${place}] ${word.split('\n').length} lines:`, ...block(word)];
}

/** A line that holds an escape is marked with `!`, so that it cannot be taken for text that merely looks like one. */
const block = (text: string): readonly string[] =>
  text.split('\n').map((line) => {
    const shown = visibleLine(line);
    return `      ${shown === line ? '|' : '!'} ${shown}`;
  });
const quoted = (text: string): string => `"${visibleLine(text.replaceAll('"', '\\"'))}"`;
const json = (value: unknown): string => visibleLine(JSON.stringify(value));
