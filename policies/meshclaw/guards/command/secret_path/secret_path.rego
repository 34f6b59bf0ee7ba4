# METADATA
# title: Secrets in commands
# description: A command that reads, sends or hands on what is secret is denied, whatever it is called.
# custom:
#   id: command.secret_path
#   severity: critical
#   message: this command tells secrets; what is read would leave the server
#   remediation: ask for the fact you need instead of the file
#   enforcement: hard
package meshclaw.guards.command.secret_path

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

deny contains r if {
	count(input.action.command.secrets) > 0
	r := reason.because(rego.metadata.chain(), [["action", "command", "secrets"]])
}

# A disk holds everything that its files do.
deny contains r if {
	found := effects.marked({"read", "send"}, {"device"})
	count(found) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(found)})
}

# Looking for secrets through a whole tree finds them.
deny contains r if {
	some p in input.action.command.programs
	some searched in p.effects
	searched.kind == "reveal"
	some e in p.effects
	e.kind == "read"
	e.tree
	count({"secret", "sensitive"} & {mark | some mark in e.marks}) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": [searched, e]})
}
