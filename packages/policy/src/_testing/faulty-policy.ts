/** A policy in Rego that fails as its tests want it to. */

import { DECISION } from './policy-bundle.js';

/** What the subject's name does to the answer of a policy that is fine otherwise. */
export const SHAPES: Readonly<Record<string, string>> = {
  'no reasons': '{"reasons": []}',
  'reasons that are none': '{"reasons": [{"rule": "x.y"}]}',
  'an unknown effect': '{"effect": "allow"}',
  'an effect that is true': '{"effect": true}',
  'an unknown class': '{"class": "harmless"}',
  'one field more': '{"allowed": true}',
  'obligations that are none': '{"obligations": {"verify": false}}',
  'the id of another request': '{"request_id": "req-0"}',
  'no id': '{"request_id": null}',
};
/** A policy that is fine for `codex`, and wrong in another way for each other name of a subject. */
export const FAULTY = `decision := object.union(good, changes[input.subject.id])

decision := good if input.subject.id == "codex"

decision := object.remove(good, ["reasons"]) if input.subject.id == "a missing field"

decision := [good] if input.subject.id == "a list of answers"

decision := "read_state" if input.subject.id == "a word"

decision := good if input.subject.id == "two values"

decision := object.union(good, {"class": "write"}) if input.subject.id == "two values"

decision := good if {
	input.subject.id == "all memory"
	count([x | some a in numbers.range(1, 1000000); some b in numbers.range(1, 100); x := [a, b]]) > 0
}

decision := good if {
	input.subject.id == "a loop"
	count([1 | many[_]; many[_]; many[_]; c := many[_]; c == input.request_id]) == 0
}

decision := object.union(good, {"reasons": [r | some i in numbers.range(1, 3000); r := object.union(good.reasons[0], {"message": concat("", [format_int(i, 10), "${'m'.repeat(200)}"])})]}) if {
	input.subject.id == "a flood"
}

many := numbers.range(1, 3000)

good := ${DECISION.replace(',\n}', ',\n}')}

changes := {
${Object.entries(SHAPES)
  .map(([name, change]) => `\t${JSON.stringify(name)}: ${change},`)
  .join('\n')}
}`;
