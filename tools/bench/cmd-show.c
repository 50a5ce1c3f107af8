/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show and plot: print saved results, as text and as a gnuplot script. */
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include "tools/bench/bench.h"
#include "tools/bench/result.h"
#include "tools/bench/show.h"

/* Return: the document; the caller puts it. NULL: complained. */
static struct json_object *load(const char *path)
{
	struct json_object *json = json_object_from_file(path);

	if (!json) {
		complain("%s: %s", path, json_util_get_last_err());
		return NULL;
	}
	if (json_object_is_type(json, json_type_object) &&
	    json_object_is_type(runs_of(json), json_type_array) &&
	    json_object_is_type(json_object_object_get(json, "settings"), json_type_object))
		return json;
	complain("%s: no results of rtintercept-bench", path);
	json_object_put(json);
	return NULL;
}

int cmd_show(int argc, char **argv)
{
	static const struct option options[] = {
		{ "ascii", no_argument, NULL, 'a' },
		{ "floors", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool ascii = false, floors = false;
	struct json_object *json;
	int c, broken = 0;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			printf("usage: rtintercept-bench show [--ascii] [--floors] FILE\n");
			return BENCH_DONE;
		}
		if (c == '?')
			return BENCH_USAGE;
		ascii |= c == 'a';
		floors |= c == 'f';
	}
	if (optind + 1 != argc) {
		complain("show: one FILE, written by run --json");
		return BENCH_USAGE;
	}
	json = load(argv[optind]);
	if (!json)
		return BENCH_FAILED;
	show_results(json, ascii);
	if (floors)
		broken = floors_show(json);
	json_object_put(json);
	return broken ? BENCH_FAILED : BENCH_DONE;
}

int cmd_plot(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *png = "rtintercept-bench.png";
	struct json_object *json;
	int c;

	while ((c = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
		if (c == 'h') {
			printf("usage: rtintercept-bench plot [--output PNG] FILE | gnuplot\n");
			return BENCH_DONE;
		}
		if (c == '?')
			return BENCH_USAGE;
		png = optarg;
	}
	if (optind + 1 != argc || strchr(png, '\'')) {
		complain("plot: one FILE, written by run --json");
		return BENCH_USAGE;
	}
	json = load(argv[optind]);
	if (!json)
		return BENCH_FAILED;
	plot_print(json, png);
	json_object_put(json);
	return BENCH_DONE;
}
