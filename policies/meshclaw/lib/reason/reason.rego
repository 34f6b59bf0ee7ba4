# METADATA
# title: Reasons
# description: Builds a reason from a rule's METADATA and the facts it names by path.
package meshclaw.lib.reason

# A fact that is missing is null: naming it can never make the rule vanish.
because(chain, paths) := object.union(told, marked(about.custom)) if {
	some link in chain
	link.annotations.scope == "package"
	about := link.annotations
	told := {
		"rule": about.custom.id,
		"title": about.title,
		"severity": about.custom.severity,
		"message": about.custom.message,
		"remediation": about.custom.remediation,
		"facts": {concat(".", path): object.get(input, path, null) | some path in paths},
	}
}

# Only the very word makes a rule one that is watched and not enforced.
marked(custom) := {"shadow": true} if {
	custom.enforcement == "shadow"
} else := {}

# The same with facts that a rule found, besides those that it names.
about(chain, paths, found) := object.union(because(chain, paths), {"facts": found})
