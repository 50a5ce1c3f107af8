# SPDX-License-Identifier: GPL-2.0-or-later
# The evaluation; scripts/bench says what it measures.

## make bench      a selection of the evaluation, in less than 15 minutes
## make bench-full all of it, hours; takes up where it was interrupted
## make report     pictures, and Documentation/benchmarks.rst, of what was measured

bench:
	@scripts/bench

bench-full:
	@scripts/bench --full
	@scripts/path
	@scripts/uml
	@scripts/reply
	@scripts/reply --backend xdp

report:
	@scripts/report --take build/results

.PHONY: bench bench-full report
