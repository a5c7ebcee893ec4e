#!/usr/bin/perl

# callgrind.pl DIR MODULES: instructions of one request, by function.
# Run by util/bench.sh.
#
# nginx as one process under valgrind answers N requests, then M: what the two
# runs differ by, divided by M - N, is one request, without start and end.
# These figures do not depend on what else the machine does.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;

use Bench;

my ($dir, $modules) = @ARGV;
my @modules = split /,/, $modules;

my ($N, $M) = (100, 600);
my $top = $ENV{BENCH_TOP} || 25;

my $child;

$SIG{INT} = $SIG{TERM} = sub { exit 1 };

END {
    my $rc = $?;
    stop($child) if $child;
    $? = $rc;
}


# one run: { function => [ own, with callees ] } and the sum of all

sub run {
    my ($case, $uri, $count) = @_;

    my $port = free_port();
    my $out = "$dir/callgrind.out";

    unlink $out;

    $child = start_nginx(
        dir => "$dir/callgrind", port => $port, modules => \@modules, mcp => 1,
        single => 1,
        prefix => [ 'valgrind', '--tool=callgrind', '--quiet',
                    "--callgrind-out-file=$out", '--' ]
    );

    my $s = http_open($port);

    for (1 .. $count) {
        my ($head, $body) = http_post($s, $uri, $case);

        die "POST $uri:\n$head\n\n$body\n"
            if $head !~ m{^HTTP/1.1 200 } || $body ne $case->{response};
    }

    close $s;
    stop($child, 'QUIT');
    $child = undef;

    my %f;
    my $sum = annotate($out, \%f, 0);

    annotate($out, \%f, 1);

    return ($sum, \%f);
}


sub annotate {
    my ($out, $f, $inclusive) = @_;

    my $sum;
    my @cmd = ('callgrind_annotate', '--threshold=100', '--auto=no',
               '--inclusive=' . ($inclusive ? 'yes' : 'no'), $out);

    open my $in, '-|', @cmd or die "callgrind_annotate: $!\n";

    while (<$in>) {
        my ($n, $what) = /^\s*([\d,]+) (?:\(.*?\)\s+)?(\S.*)$/ or next;

        $n =~ tr/,//d;

        if ($what =~ /PROGRAM TOTALS/) {
            $sum = $n;
            next;
        }

        my ($name, $object) = $what =~ /^.*?:([^:\s][^\s]*).*?(?:\[(.*)\])?$/
            or next;

        $object = defined $object ? $object =~ s{.*/}{}r : '';
        $f->{"$name $object"}[$inclusive] += $n;
    }

    close $in;

    return $sum // die "callgrind_annotate: no totals\n";
}


sub report {
    my ($title, $case, $uri, $base) = @_;

    my ($sum_n, $n) = run($case, $uri, $N);
    my ($sum_m, $m) = run($case, $uri, $M);

    my $sum = ($sum_m - $sum_n) / ($M - $N);
    my (%f, %object);

    for my $k (keys %$m) {
        for my $i (0, 1) {
            $f{$k}[$i] = (($m->{$k}[$i] // 0) - ($n->{$k}[$i] // 0))
                         / ($M - $N);
        }

        my ($object) = $k =~ / (.*)$/;
        $object{$object} += $f{$k}[0];
    }

    printf "\n%s: %d instructions", $title, $sum;
    printf ', %d more than the limit', $sum - $base if $base;
    print "\n\n";

    for my $o (sort { $object{$b} <=> $object{$a} } keys %object) {
        printf "%10d  in %s\n", $object{$o}, $o || '(no object)'
            if $object{$o} >= 1;
    }

    if (!$base) {
        return $sum;
    }

    print "\n       own   with callees  function\n";

    my $shown = 0;

    for my $k (sort { $f{$b}[0] <=> $f{$a}[0] } keys %f) {
        last if ++$shown > $top || $f{$k}[0] < 1;
        printf "%10d   %10d    %s\n", $f{$k}[0], $f{$k}[1], $k;
    }

    return $sum;
}


# the responses, from an nginx that is not under valgrind

my $port = free_port();

$child = start_nginx(dir => "$dir/callgrind", port => $port, single => 1,
                     modules => \@modules, mcp => 1);

$_->{response} = http_fetch($port, $_->{uri}, $_) for @CASES;

stop($child);
$child = undef;

for my $c (@CASES) {
    my $base = report("$c->{title}, return 200", $c, "/limit/$c->{name}");
    report("$c->{title}, module", $c, $c->{uri}, $base);
}
