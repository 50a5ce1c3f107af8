# SPDX-License-Identifier: GPL-2.0-or-later
# How long packets took: on the left the common ones, linear; on the right the rare
# ones, both axes logarithmic. Wants data, picture and where.

set terminal pngcairo size 1200,480 font 'DejaVu Sans,10'
set output picture
set multiplot layout 1,2 title 'Original matrix, all loads together, '.where
set grid
set key bottom right autotitle columnheader
stats data using 1 nooutput
blocks = STATS_blocks
set xlabel 'us'
set ylabel 'share of packets that took no longer'
set xrange [0:100]
set yrange [0:1]
plot for [i=0:blocks-1] data index i using 1:2 with steps lw 2
set key top right
set logscale xy
set xrange [0.1:*]
set yrange [*:1]
set format y '10^{%L}'
set ylabel 'share of packets that took at least as long'
plot for [i=0:blocks-1] data index i using 1:3 with steps lw 2
unset multiplot
