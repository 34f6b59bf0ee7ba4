# METADATA
# title: Logs and evidence
# description: No command removes, rewrites or stops logs and evidence.
# custom:
#   id: command.log_tamper
#   severity: critical
#   message: this command removes or rewrites what others may need as evidence
#   remediation: let rotation or a typed operation clean logs; both keep what is needed
#   enforcement: hard
package meshclaw.guards.command.log_tamper

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

deny contains r if {
	count(found) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(found)})
}

found := ((touched | hidden) | silenced) | forgotten

touched := effects.marked({"write", "truncate", "delete", "alter"}, {"log"})

hidden := effects.of({"tamper"})

# What was typed before.
forgotten := {e | some e in effects.marked({"write", "truncate", "delete", "alter"}, {"sensitive"}); endswith(e.path, "history")}

silenced := {e | some e in effects.of({"signal", "change"}); keeps_logs(e.target)} | {{"name": p.name, "words": p.words} |
	some p in input.action.command.programs
	p.name in {"systemctl", "service", "rc-service"}
	count({"stop", "disable", "mask", "kill", "freeze", "restart", "edit", "clean"} & {w | some w in p.words}) > 0
	some w in p.words
	keeps_logs(w)
}

keeps_logs(name) if {
	some unit in data.meshclaw.parameters.log_units
	some whole in [unit, concat("", [unit, "d"]), concat(".", [unit, "service"]), concat(".", [unit, "socket"])]
	name == whole
}
