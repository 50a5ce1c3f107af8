# SPDX-License-Identifier: GPL-2.0-or-later
# A long run, minute by minute. Wants data and picture.

set terminal pngcairo size 1400,420 font 'DejaVu Sans,10'
set output picture
set multiplot layout 1,3 title 'Endurance, natively'
set grid
set key top right
set xlabel 'minute'
name(i) = word('xdp socket', i + 1)
set key outside below
set ylabel 'us'
set logscale y
plot for [i=0:1] data index i using 1:2 with lines lw 2 lc i+1 title name(i).' p50', \
	for [i=0:1] data index i using 1:3 with lines dt 2 lw 2 lc i+1 title name(i).' p99', \
	for [i=0:1] data index i using 1:4 with points pt 7 ps 0.5 lc i+1 title name(i).' max'
set key inside top right
set ylabel 'packets seen and not yet received, the most'
plot for [i=0:1] data index i using 1:5 with linespoints lw 2 title name(i)
unset logscale y
set yrange [0:*]
set ylabel 'memory of the process alone, KiB'
plot for [i=0:1] data index i using 1:6 with lines lw 2 title name(i)
unset multiplot
