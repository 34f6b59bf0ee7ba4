# METADATA
# title: Downloaded code
# description: What comes from the network is never run unseen.
# custom:
#   id: command.download_to_shell
#   severity: critical
#   message: this command runs what it downloads, and nobody has seen it
#   remediation: download it, look at it, and have the run approved by its own content
#   enforcement: hard
package meshclaw.guards.command.download_to_shell

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

deny contains r if {
	count(found) > 0
	r := reason.about(rego.metadata.chain(), [["action", "argv"]], {"effects": effects.few(found)})
}

found := effects.of({"run_download"})
