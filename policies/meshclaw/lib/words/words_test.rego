package meshclaw.lib.words_test

import data.meshclaw.lib.words

asked(argv) := {"action": {"argv": argv}}

test_takes_shell_text_apart if {
	"rm" in words.all with input as asked(["sh", "-c", "cd /&&rm -rf '/etc'|tee>\"$(x)\""])
	"/etc" in words.all with input as asked(["sh", "-c", "cd /&&rm -rf '/etc'"])
}

test_names_programs_without_their_folders if {
	"wipefs" in words.programs with input as asked(["sudo", "/usr/sbin/wipefs"])
}

test_has_no_words_without_an_argv if {
	count(words.all) == 0 with input as {"action": {}}
	count(words.programs) == 0 with input as {}
}
