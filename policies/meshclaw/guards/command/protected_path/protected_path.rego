# METADATA
# title: Protected paths in commands
# description: No command changes the system's own roots, accounts, login keys, start-up files, or the files of MeshClaw.
# custom:
#   id: command.protected_path
#   severity: critical
#   message: this path is protected from every change by a command
#   remediation: change it by hand, or use a typed operation for it
#   enforcement: hard
package meshclaw.guards.command.protected_path

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

deny contains r if {
	count(found) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(found)})
}

found := (changed | started) | own

changed := effects.marked({"write", "truncate", "delete", "alter"}, {"protected"})

started := effects.marked({"write", "truncate", "alter"}, {"autostart"})

own := effects.marked({"write", "truncate", "delete", "alter", "use", "harden"}, {"own"})
