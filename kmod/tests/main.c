// SPDX-License-Identifier: GPL-2.0-only
#include "tests.h"

kunit_test_suites(&rgf_filter_suite, &rgf_index_suite, &rgf_latch_suite,
		  &rgf_limit_suite, &rgf_parse_suite, &rgf_rtpstat_suite,
		  &rgf_srtp_suite, &rgf_srtp_keys_suite, &rgf_srtp_stream_suite,
		  &rgf_srtp_recover_suite, &rgf_srtp_rekey_suite,
		  &rgf_srtp_async_suite, &rgf_rate_suite);

#if !IS_ENABLED(CONFIG_KUNIT)
static bool rgf_run_suite(unsigned int n, const struct kunit_suite *suite)
{
	const struct kunit_case *c;
	unsigned int count = 0;
	bool failed = false;

	for (c = suite->test_cases; c->run_case; c++)
		count++;
	pr_info("    KTAP version 1\n    # Subtest: %s\n    1..%u\n",
		suite->name, count);
	count = 0;
	for (c = suite->test_cases; c->run_case; c++) {
		struct kunit test = {};

		c->run_case(&test);
		failed |= test.failed;
		pr_info("    %s %u %s\n", test.failed ? "not ok" : "ok",
			++count, c->name);
	}
	pr_info("%s %u %s\n", failed ? "not ok" : "ok", n, suite->name);
	return failed;
}

static int __init rgf_tests_init(void)
{
	bool failed = false;
	unsigned int i;

	pr_info("KTAP version 1\n1..%zu\n", ARRAY_SIZE(rgf_suites));
	for (i = 0; i < ARRAY_SIZE(rgf_suites); i++)
		failed |= rgf_run_suite(i + 1, rgf_suites[i]);
	return failed ? -EINVAL : 0;
}

static void __exit rgf_tests_exit(void)
{
}

module_init(rgf_tests_init);
module_exit(rgf_tests_exit);
#endif

MODULE_DESCRIPTION("Tests of ringfence's pure parts and of its SRTP");
MODULE_LICENSE("GPL");
