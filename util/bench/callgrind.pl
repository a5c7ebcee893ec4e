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
my %object;      # function => file

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

    while (my $line = <$in>) {
        my ($n, $what) = $line =~ /^\s*([\d,]+) (?:\(.*?\)\s+)?(\S.*)$/
            or next;

        $n =~ tr/,//d;

        if ($what =~ /PROGRAM TOTALS/) {
            $sum = $n;
            next;
        }

        my ($name, $object) = $what =~ /^.*?:([^:\s]\S*).*?(?:\[(.*)\])?$/
            or next;

        # the object is not on every line, recursion has a line of its own

        $name =~ s/'\d+$//;
        $object{$name} = $object =~ s{.*/}{}r if defined $object;

        if ($inclusive) {
            $f->{$name}[1] = $n if $n > ($f->{$name}[1] // 0);

        } else {
            $f->{$name}[0] += $n;
        }
    }

    close $in;

    return $sum // die "callgrind_annotate: no totals\n";
}


# a hash of functions, { own, with callees }, for one request

sub request {
    my ($case, $uri) = @_;

    my ($sum_n, $n) = run($case, $uri, $N);
    my ($sum_m, $m) = run($case, $uri, $M);

    my %f;

    for my $k (keys %$m) {
        $f{$k} = [ map {
            (($m->{$k}[$_] // 0) - ($n->{$k}[$_] // 0)) / ($M - $N)
        } 0, 1 ];
    }

    return (($sum_m - $sum_n) / ($M - $N), \%f);
}


sub report {
    my ($case) = @_;

    my ($limit, $l) = request($case, "/limit/$case->{name}");
    my ($sum, $f) = request($case, $case->{uri});

    printf "\n%s: %d instructions, %d more than the %d of return 200\n\n",
        $case->{title}, $sum, $sum - $limit, $limit;

    my (%sum, %more);

    for my $k (keys %$f) {
        my $o = $object{$k} // '(unknown)';
        $more{$k} = $f->{$k}[0] - ($l->{$k} ? $l->{$k}[0] : 0);
        $sum{$o}[0] += $f->{$k}[0];
        $sum{$o}[1] += $more{$k};
    }

    my @o = grep { $sum{$_}[0] >= 1 } keys %sum;

    printf "%10s %10s  %s\n", 'own', 'more', 'in';
    printf "%10d %10d  %s\n", @{ $sum{$_} }, $_
        for sort { $sum{$b}[0] <=> $sum{$a}[0] } @o;

    printf "\n%10s %10s %12s  %s\n", 'own', 'more', 'with callees',
        'function';

    my $shown = 0;

    for my $k (sort { $more{$b} <=> $more{$a} } keys %more) {
        last if ++$shown > $top || $more{$k} < 1;
        printf "%10d %10d %12d  %s\n", $f->{$k}[0], $more{$k}, $f->{$k}[1],
            $k;
    }
}


# the responses, from an nginx that is not under valgrind

my $port = free_port();

$child = start_nginx(dir => "$dir/callgrind", port => $port, single => 1,
                     modules => \@modules, mcp => 1);

$_->{response} = http_fetch($port, $_->{uri}, $_) for @CASES;

stop($child);
$child = undef;

report($_) for @CASES;
