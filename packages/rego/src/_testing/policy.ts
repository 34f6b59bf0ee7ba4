// A small policy set with an entrypoint, a library, METADATA and tests of every outcome.
import type { Answer, Diagnostic, SourceFile } from '../index.js';

export const AUTHZ: SourceFile = {
  path: 'shop/authz/authz.rego',
  text: `# METADATA
# title: Orders
# description: Who may see and change orders.
# custom:
#   id: shop.authz
package shop.authz

import data.shop.limits

# METADATA
# title: The decision
# custom:
#   severity: high
decision := {"effect": effect, "id": id, "text": $"{input.user} wants to {input.verb}"}

id := [link.annotations.custom.id | some link in rego.metadata.chain(); link.annotations.custom.id][0]

default effect := "deny"

effect := "allow" if {
	input.verb == "read"
	print("read by", input.user)
}

effect := "ask" if {
	input.verb == "write"
	limits.small(input.amount)
}
`,
};

export const LIMITS: SourceFile = {
  path: 'shop/limits/limits.rego',
  text: `package shop.limits

small(amount) if amount < data.settings.largest
`,
};

export const AUTHZ_TEST: SourceFile = {
  path: 'shop/authz/authz_test.rego',
  text: `package shop.authz_test

import data.shop.authz

test_reads if authz.effect == "allow" with input as {"verb": "read", "user": "ann"}

test_writes if {
	effect := authz.effect with input as {"verb": "write", "amount": 900}
	effect == "ask"
}

test_conflicts if authz.effect with input as {"verb": "write", "amount": 1}
	with data.shop.limits.small as broken

broken(amount) := 1 if amount > 0

broken(amount) := 2 if amount > 0

todo_test_refunds if false

test_table[case.note] if {
	some case in [{"note": "small", "amount": 1}, {"note": "large", "amount": 5000}]
	authz.effect == "ask" with input as {"verb": "write", "amount": case.amount}
}
`,
};

export const FILES: readonly SourceFile[] = [AUTHZ, LIMITS, AUTHZ_TEST];
export const DATA = { settings: { largest: 100 } };
export const ENTRYPOINT = 'shop/authz/decision';

/** One file named `a.rego` with this text. */
export function one(text: string): readonly SourceFile[] {
  return [{ path: 'a.rego', text }];
}

/** The value of an answer; fails the test with the error otherwise. */
export function unwrap<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value;
}

/** What is wrong with a policy that was refused; fails the test when it was accepted. */
export function diagnosticsOf(answer: Answer<unknown>): readonly Diagnostic[] {
  if (answer.ok || answer.error.kind !== 'rego.invalid_policy') throw new Error(JSON.stringify(answer));
  return answer.error.diagnostics;
}

/** The first thing that is wrong with a policy that was refused. */
export function firstDiagnostic(answer: Answer<unknown>): Diagnostic {
  const [first] = diagnosticsOf(answer);
  if (first === undefined) throw new Error('it was refused without a reason');
  return first;
}
