# METADATA
# title: Proved reads
# description: A command of which everything is known and which only reads what is no secret runs at once.
# custom:
#   id: command.proved_read
#   severity: info
#   message: every program in this command is known, and it only reads
#   remediation: nothing has to be done
#   enforcement: hard
package meshclaw.rules.command.proved_read

import data.meshclaw.lib.effects
import data.meshclaw.lib.reason

read_state contains r if {
	input.action.class == "read"
	effects.everything_known
	input.action.command.secrets == []
	r := reason.because(rego.metadata.chain(), [["action", "command", "reads"], ["action", "command", "connects"]])
}
