package meshclaw.guards.any.exposed_secret_test

import data.meshclaw.guards.any.exposed_secret

asked(class, exposed) := {"action": {"class": class}, "context": {"exposed": exposed}}

test_denies_secrets_to_an_exposed_session if {
	some r in exposed_secret.deny with input as asked("secret", true)
	r.rule == "any.exposed_secret"
}

test_is_silent_for_other_classes_and_other_sessions if {
	every class in ["read", "write", "destructive", "spend"] {
		count(exposed_secret.deny) == 0 with input as asked(class, true)
	}
	count(exposed_secret.deny) == 0 with input as asked("secret", false)
}

test_denies_when_exposure_or_class_are_missing if {
	count(exposed_secret.deny) == 1 with input as {"action": {"class": "secret"}}
	count(exposed_secret.deny) == 1 with input as {"context": {"exposed": true}}
}
