package meshclaw.lib.units_test

import data.meshclaw.lib.units

parameters := {"protected_units": ["sshd"], "protected_unit_prefixes": ["systemd-"]}

test_knows_protected_units_in_each_spelling if {
	every unit in ["sshd", "sshd.service", "sshd.socket", "sshd@7.service", "systemd-journald.service"] {
		units.is_protected(unit) with data.meshclaw.parameters as parameters
	}
}

test_knows_other_units if {
	every unit in ["nginx.service", "sshd-exporter.service", "my-systemd-thing"] {
		not units.is_protected(unit) with data.meshclaw.parameters as parameters
	}
}
