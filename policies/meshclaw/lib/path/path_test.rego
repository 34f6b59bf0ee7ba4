package meshclaw.lib.path_test

import data.meshclaw.lib.path

test_knows_normal_paths if {
	every p in ["/", "/etc", "/srv/app/.env", "/srv/..app"] {
		path.is_normal(p)
	}
}

test_knows_other_spellings if {
	every p in ["", "etc", "~/x", "//", "/etc/", "//etc", "/etc//x", "/srv/../etc", "/srv/..", "/./etc", 7, null, ["/etc"]] {
		not path.is_normal(p)
	}
}
