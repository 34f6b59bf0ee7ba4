# METADATA
# title: Units
# description: Says which systemd units hold the way in or the machine together.
package meshclaw.lib.units

is_protected(unit) if unit in data.meshclaw.parameters.protected_units

# sshd also protects sshd.service, sshd.socket and sshd@1.service.
is_protected(unit) if {
	some name in data.meshclaw.parameters.protected_units
	some mark in [".", "@"]
	startswith(unit, concat("", [name, mark]))
}

is_protected(unit) if {
	some prefix in data.meshclaw.parameters.protected_unit_prefixes
	startswith(unit, prefix)
}
