# SPDX-License-Identifier: GPL-2.0-or-later
# Latency against CPU, a point for each way to wait: the median, a line up to p99.
#
# usage: gnuplot -e "data='FILE'; names='native vm'; png='FILE'" scripts/wait.gnuplot
set terminal pngcairo size 900 * words(names), 560 font 'DejaVu Sans,10'
set output png
set multiplot layout 1, words(names)
set logscale xy
set xrange [0.05:300]
set xlabel 'CPU of the reader, %'
set ylabel 'from the hook to the reader, ns: median, and line up to p99'
set grid
unset key
do for [i = 1:words(names)] {
	set title word(names, i)
	plot data index i - 1 using 1:2:2:3:5 with yerrorbars pt 7 lc variable, \
		'' index i - 1 using 1:2:4:5 with labels offset 0.8, 0.6 left tc variable
}
unset multiplot
