# METADATA
# title: The decision
# description: Combines guards, rules and class defaults; the most restrictive answer wins.
package meshclaw.authz

# METADATA
# title: Decision
# description: The one entrypoint. Every request has exactly one answer.
# entrypoint: true
decision := object.union(would_have, {
	"request_id": input.request_id,
	"effect": effect,
	"class": stated_class,
	"reasons": sort_reasons(reasons),
	"obligations": sort(obligations),
})

order := ["read_state", "auto_safe", "approval_required", "deny"]

classes := {"read", "write", "destructive", "spend", "secret"}

default stated_class := "destructive"

stated_class := input.action.class if input.action.class in classes

noun := split(input.action.name, ".")[0]

domains := [noun, "any"]

# What is known: an operation of the catalogue with its own class, or, as a question only, a whole class.
known if {
	input.action.class in classes
	data.meshclaw.operations[input.action.name].class == input.action.class
}

known if {
	judged
	input.action.class in {"read", "write", "destructive", "secret"}
}

known if {
	input.context.mode == "check"
	input.action.name == concat(".", ["class", stated_class])
	input.action.class == stated_class
}

# Sets are named one by one: a reference to every rule of a package would also reach its functions.
guarded contains ["deny", r] if some r in data.meshclaw.guards[domains[_]][_].deny

guarded contains ["approval_required", r] if some r in data.meshclaw.guards[domains[_]][_].approval_required

added contains ["deny", r] if some r in data.meshclaw.rules[domains[_]][_].deny

added contains ["approval_required", r] if some r in data.meshclaw.rules[domains[_]][_].approval_required

# What is only watched: it answers nothing, and it does not stand in for the class's default either.
shadowed := {answer | some answer in added; answer[1].shadow == true}

ruled contains answer if some answer in (added - shadowed)

ruled contains ["auto_safe", r] if some r in data.meshclaw.rules[domains[_]][_].auto_safe

ruled contains ["read_state", r] if some r in data.meshclaw.rules[domains[_]][_].read_state

defaulted := {[class_default, told("class_default", "info", "no rule matched; the class of the operation decides")]} if {
	known
	count(ruled) == 0
}

unmatched := {["deny", told("unmatched", "high", "no such operation or class is known")]} if not known

# What no rule can loosen: only reads are read_state; what destroys, spends or reveals is never automatic.
floored := {[floor[stated_class], told("class_floor", "info", "this class is never answered more mildly")]}

floor := {
	"read": "read_state",
	"write": "auto_safe",
	"destructive": "approval_required",
	"spend": "approval_required",
	"secret": "approval_required",
}

class_default := "read_state" if {
	stated_class == "read"
} else := "approval_required"

default defaulted := set()

default unmatched := set()

answers := ((guarded | ruled) | defaulted) | (unmatched | floored)

effect := order[strictest(answers)]

# The floor explains itself only where nothing else says the same.
reasons := {r | some [e, r] in (answers - floored); e == effect} if {
	some [e, _] in (answers - floored)
	e == effect
} else := {r | some [e, r] in floored; e == effect}

# What the answer would be were the watched rules enforced, and why.
default would_have := {}

would_have := {"would_have": {"effect": order[strictest(shadowed | {[effect, {}]})], "reasons": sort_reasons(unmarked)}} if {
	count(shadowed) > 0
}

unmarked := {r | some [_, marked] in shadowed; r := {key: value | some key, value in marked; key != "shadow"}}

strictest(found) := max({i | some i, e in order; some answer in found; answer[0] == e})

told(name, severity, message) := {
	"rule": concat(".", ["authz", name]),
	"title": "Authorization",
	"severity": severity,
	"message": message,
}

sort_reasons(set_of_reasons) := [r | some pair in sort([[r.rule, r] | some r in set_of_reasons]); r := pair[1]]

obligations contains {"id": "approval.method", "type": "approval_method", "parameters": {"minimum": minimum}} if {
	effect == "approval_required"
	not may_be_bounded
}

# Only where it is named may a bounded grant be a yes to it.
obligations contains {"id": "approval.method", "type": "approval_method", "parameters": parameters} if {
	effect == "approval_required"
	may_be_bounded
	parameters := {"minimum": minimum, "bounded_uses": data.meshclaw.parameters.bounded_grant_uses}
}

# A guard that asks wants a look at exactly this, and production a person.
may_be_bounded if {
	data.meshclaw.parameters.bounded_grant_uses > 0
	not unbounded
	not judged
	not asked_by_guard
	known
	not production
}

production if input.resource.properties.environment == "production"

unbounded if stated_class in data.meshclaw.parameters.unbounded_classes

# A guard of the operation's own noun, or one that names the operation. Those that ask about the server want a person, and
# a person has signed.
asked_by_guard if {
	some _ in data.meshclaw.guards[noun][_].approval_required
}

asked_by_guard if {
	some _ in data.meshclaw.guards.any.always_asked.approval_required
}

minimum := object.get(data.meshclaw.parameters.approval_minimum, stated_class, "presence")

obligations contains {"id": "approval.four_eyes", "type": "four_eyes", "parameters": {"signers": 2}} if {
	effect == "approval_required"
	stated_class in data.meshclaw.parameters.four_eyes_classes
}

obligations contains {"id": "change.verify", "type": "verify", "parameters": {}} if {
	effect == "auto_safe"
	stated_class != "read"
	not judged
}

# What words bring about cannot be told from them, so there is nothing to look at afterwards.
judged if data.meshclaw.operations[input.action.name].class == "judged"

obligations contains o if {
	effect == "approval_required"
	some domain in domains
	some o in data.meshclaw.rules[domain][_].obligation
}
