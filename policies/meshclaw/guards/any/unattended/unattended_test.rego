package meshclaw.guards.any.unattended_test

import data.meshclaw.guards.any.unattended

parameters := {"attended_classes": ["secret", "spend"]}

asked(type, surface, class) := {"subject": {"type": type}, "context": {"surface": surface}, "action": {"class": class}}

test_denies_secrets_to_schedules_and_ci if {
	every request in [asked("schedule", "schedule", "secret"), asked("ci", "cli", "spend"), asked("human", "ci", "secret")] {
		count(unattended.deny) == 1 with input as request with data.meshclaw.parameters as parameters
	}
}

test_is_silent_for_other_classes_and_for_people if {
	every request in [asked("schedule", "schedule", "write"), asked("ci", "ci", "read"), asked("human", "cli", "secret")] {
		count(unattended.deny) == 0 with input as request with data.meshclaw.parameters as parameters
	}
}

test_denies_when_subject_surface_class_or_list_are_missing if {
	every request in [
		{"context": {"surface": "cli"}, "action": {"class": "secret"}},
		{"subject": {"type": "human"}, "action": {"class": "secret"}},
		{"subject": {"type": "ci"}, "context": {"surface": "ci"}, "action": {}},
	] {
		count(unattended.deny) == 1 with input as request with data.meshclaw.parameters as parameters
	}
	count(unattended.deny) == 1 with input as asked("ci", "ci", "write") with data.meshclaw.parameters as {}
}

test_denies_when_the_class_is_missing_and_the_list_is_empty if {
	count(unattended.deny) == 1 with input as {"subject": {"type": "ci"}, "action": {}}
		with data.meshclaw.parameters as {"attended_classes": []}
}
