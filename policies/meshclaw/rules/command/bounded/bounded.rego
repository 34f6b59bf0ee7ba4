# METADATA
# title: Bounded housekeeping
# description: A short list of changes that cannot do harm runs without asking; it empties caches, trims logs above a floor, lowers a priority, or takes permissions away from files of secrets.
# custom:
#   id: command.bounded
#   severity: low
#   message: this housekeeping is bounded, and everything in it is known
#   remediation: nothing has to be done
#   enforcement: hard
package meshclaw.rules.command.bounded

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

auto_safe contains r if {
	input.action.class == "write"
	effects.everything_known
	count(effects.of({"tidy", "harden"})) > 0
	every p in input.action.command.programs {
		every e in p.effects {
			harmless(p, e)
		}
	}
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(effects.all)})
}

harmless(_, e) if {
	e.kind in {"read", "list"}
	count({"secret", "sensitive", "device", "link"} & {mark | some mark in e.marks}) == 0
}

harmless(_, e) if e.kind == "tidy"

# Of one file that is no pattern: one that holds secrets, or may, can lose everything but its owner's permissions …
harmless(_, e) if {
	single(e)
	count({"secret", "sensitive"} & {mark | some mark in e.marks}) > 0
}

# … and any other that of others to write to it.
harmless(p, e) if {
	single(e)
	p.words[0] in {"g-w", "o-w", "go-w", "og-w", "g-w,o-w", "o-w,g-w"}
	not protected(e)
}

single(e) if {
	e.kind == "harden"
	e.tree == false
	not contains(e.path, "*")
	not contains(e.path, "?")
	not e.path in data.meshclaw.parameters.protected_paths
}

protected(e) if count({"protected", "tree", "own", "device", "link"} & {mark | some mark in e.marks}) > 0
