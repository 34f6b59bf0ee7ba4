package meshclaw.lib.asker_test

import data.meshclaw.lib.asker

by(type, surface) := {"subject": {"type": type}, "context": {"surface": surface}}

test_somebody_is_there if {
	every type in ["agent", "human"] {
		every surface in ["cli", "mcp", "sdk", "dashboard"] {
			asker.attended with input as by(type, surface)
		}
	}
}

test_nobody_is_there if {
	every request in [by("schedule", "cli"), by("ci", "sdk"), by("agent", "schedule"), by("human", "ci")] {
		not asker.attended with input as request
	}
}

test_nobody_is_known_to_be_there if {
	every request in [{"subject": {"type": "human"}}, {"context": {"surface": "cli"}}, {}] {
		not asker.attended with input as request
	}
}
