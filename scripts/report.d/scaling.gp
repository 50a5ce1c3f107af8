# SPDX-License-Identifier: GPL-2.0-or-later
# What more readers, bytes and rules cost. Wants data, picture and where.

set terminal pngcairo size 1400,420 font 'DejaVu Sans,10'
set output picture
set multiplot layout 1,3 title 'Up to saturation, '.where
set grid
set key top right autotitle columnheader
set yrange [0:*]
set xlabel 'readers that sleep on one CPU'
set ylabel 'records a second, all together'
set logscale x 2
plot for [i=0:1] data index i using 1:2 with linespoints lw 2
set xlabel 'payload, bytes'
set ylabel 'packets received a second'
plot for [i=2:3] data index i using 1:2 with linespoints lw 2
set xlabel 'rules'
set ylabel 'ns a packet, sending and stack included'
plot data index 4 using 1:2 with linespoints lw 2
unset multiplot
