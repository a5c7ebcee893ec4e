#!/usr/bin/perl

# bench.pl DIR MODULES [quick] [peers]: requests per second, latency and
# memory of the module beside "return 200", Lua and the TypeScript SDK.
# Run by util/bench.sh.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;

use Bench;
use Time::HiRes qw/ time /;

$| = 1;

my ($dir, $modules, @words) = @ARGV;
my %opt = map { $_ => 1 } @words;
my @modules = split /,/, $modules;

my ($server_cpu, $client_cpu) = split /,/, $ENV{BENCH_CPUS} || '0,1';

my $rounds = $ENV{BENCH_ROUNDS} || ($opt{quick} ? 2 : 15);
my $seconds = $ENV{BENCH_SECONDS} || ($opt{quick} ? 1 : 2);
my $million = $ENV{BENCH_REQUESTS} || ($opt{quick} ? 100_000 : 1_000_000);

# latency compared with that of the limit at the same number of connections
my @CONNECTIONS = split /,/, $ENV{BENCH_CONNECTIONS} || '1,32,256';

my %server;      # name => { port, pid }; the processes of the run
my @subjects;    # what is measured, in groups of one case each
my %figures;     # "subject connections" => [ one per round ]

$SIG{INT} = $SIG{TERM} = sub { exit 1 };


sub start {
    my ($name, %o) = @_;

    my $port = free_port();
    my $pid = start_nginx(
        dir => "$dir/$name", port => $port,
        affinity => sprintf('%b', 1 << $server_cpu), %o
    );

    $server{$name} = { port => $port, pid => $pid };
    $server{$name}{worker} = worker($pid, $port);

    return $port;
}


sub end {
    my ($name) = @_;

    my $s = delete $server{$name};
    stop($s->{pid}) if $s;
}


END {
    my $rc = $?;
    end($_) for keys %server;
    $? = $rc;
}


# the servers and the list of what is measured

sub prepare {
    requests_write($dir);

    my $port = start('probe', modules => \@modules, mcp => 1);

    for my $c (@CASES) {
        $c->{response} = http_fetch($port, $c->{uri}, $c);
        spew("$dir/$c->{name}.response", $c->{response});
    }

    end('probe');

    start('nginx', modules => [ @modules, lua_modules() ], mcp => 1, lua => 1);
    start_node() if $opt{peers};

    for my $c (@CASES) {
        my @group = ([ limit => 'nginx', "/limit/$c->{name}" ],
                     [ module => 'nginx', $c->{uri} ]);

        if ($c->{name} ne 'list') {
            my $era = $c->{name} eq 'call' ? 'modern' : 'legacy';

            push @group, [ lua => 'nginx', "/lua/$era" ];
            push @group, [ node => 'node', '/mcp' ] if $opt{peers};
        }

        push @subjects, [ map { subject($c, @$_) } @group ];
    }
}


sub subject {
    my ($case, $kind, $name, $uri) = @_;

    my $s = $server{$name};
    my ($body, $length) = http_fetch($s->{port}, $uri, $case);

    my $file = "$dir/$kind-$case->{name}.expected";
    spew($file, $body);

    if ($kind eq 'limit' && $body ne $case->{response}) {
        die "$uri is not the response of the module:\n$body\n";
    }

    return { case => $case, kind => $kind, uri => $uri, length => $length,
             file => $file, server => $s, key => "$kind-$case->{name}" };
}


sub start_node {
    my $port = free_port();
    my $pid = Bench::spawn(
        "$dir/node.out", 'taskset', '-c', $server_cpu,
        'env', 'NODE_ENV=production', $ENV{NODE},
        "$FindBin::Bin/node/server.mjs", $port
    );

    $server{node} = { port => $port, pid => $pid, worker => $pid };
    wait_port($pid, $port, "$dir/node.out");
}


sub run {
    my ($s, $connections, $seconds, $compare) = @_;

    my $name = $s->{case}{name};
    my @args = ("$dir/$name.headers", "$dir/$name.body");
    push @args, $s->{file} if $compare;

    my $cpu = cpu_time($s->{server}{worker});
    my $r = wrk(
        cpu => $client_cpu, connections => $connections, seconds => $seconds,
        port => $s->{server}{port}, uri => $s->{uri}, script => 'wrk.lua',
        args => \@args, compare => $compare
    );

    $r->{cpu} = 1e6 * (cpu_time($s->{server}{worker}) - $cpu) / $r->{requests};
    $r->{rps} = 1e6 * $r->{requests} / $r->{us};

    # every response has the same length: a short or a long one shows here;
    # the last ones may have been cut by the end of the run

    my $off = abs($r->{bytes} - $r->{requests} * $s->{length});

    die "$s->{uri}: $r->{bytes} bytes in $r->{requests} responses of "
        . "$s->{length}\n" if $off > $connections * $s->{length};

    return $r;
}


# all bytes of all responses, before and after

sub compare {
    for my $s (map { @$_ } @subjects) {
        my $body = http_fetch($s->{server}{port}, $s->{uri}, $s->{case});

        die "$s->{uri}: the response changed:\n$body\n"
            if $body ne slurp($s->{file});

        run($s, 32, 1, 1);
    }
}


sub measure {
    for my $round (1 .. $rounds) {
        for my $group (@subjects) {
            for my $n (@CONNECTIONS) {

                # the neighbours of a round are compared with each other;
                # nobody is always first

                my @g = @$group;
                push @g, splice @g, 0, $round % @g;

                for my $s (@g) {
                    push @{ $figures{"$s->{key} $n"} }, run($s, $n, $seconds);
                }
            }
        }

        print STDERR "round $round of $rounds\n";
    }
}


# the median over the rounds of a figure, and of its ratio to the limit

sub figure {
    my ($s, $n, $what) = @_;

    return median(map { $_->{$what} } @{ $figures{"$s->{key} $n"} });
}


sub ratio {
    my ($s, $n, $what) = @_;

    my $mine = $figures{"$s->{key} $n"};
    my $limit = $figures{"limit-$s->{case}{name} $n"};

    return median(map { $mine->[$_]{$what} / ($limit->[$_]{$what} || 1) }
                      0 .. $#$mine);
}


my %TITLE = (
    limit => '`return 200`, the limit', module => '**this module**',
    lua => '`content_by_lua`, no checks', node => 'TypeScript SDK v2'
);


# one row for each subject, one column for each number of connections; the
# ratios to the limit in brackets

sub table {
    print "2 cores: one worker of nginx on one, wrk on the other. Medians of "
        . "$rounds rounds of $seconds s; in brackets, the ratio to the limit "
        . "in the same round.\n\n";

    rows('Requests per second', sub {
        my ($s, $n) = @_;
        return sprintf '%s (%.2f)', number(figure($s, $n, 'rps')),
                                    ratio($s, $n, 'rps');
    });

    rows('Latency p50 / p99, us', sub {
        my ($s, $n) = @_;
        return sprintf '%s / %s (%.2f)', number(figure($s, $n, 'p50')),
                       number(figure($s, $n, 'p99')), ratio($s, $n, 'p99');
    });

    rows('CPU time of a request, us', sub {
        my ($s, $n) = @_;
        return sprintf '%.1f (%.2f)', figure($s, $n, 'cpu'),
                                      ratio($s, $n, 'cpu');
    });
}


sub rows {
    my ($title, $cell) = @_;

    print "| $title | served by |",
        map({ " $_ connection" . ($_ > 1 ? 's' : '') . ' |' } @CONNECTIONS),
        "\n|---|---|", '---:|' x @CONNECTIONS, "\n";

    for my $s (map { @$_ } @subjects) {
        print "| $s->{case}{title} | $TITLE{$s->{kind}} |",
            map({ ' ' . $cell->($s, $_) . ' |' } @CONNECTIONS), "\n";
    }

    print "\n";
}


# a worker of its own, without Lua, answers calls of both eras and lists

sub memory {
    my $port = start('memory', modules => \@modules, mcp => 1);
    my $worker = $server{memory}{worker};
    my ($idle) = rss($worker);

    mixed($port, $million / 10);
    my ($before, $anon) = rss($worker);

    my $n = mixed($port, $million);
    my ($after, $anon_after) = rss($worker);

    printf "\nResident memory of the worker: %s KiB idle, %s KiB before and "
        . "%s KiB after %s requests (of it anonymous: %s and %s KiB).\n\n",
        number($idle), number($before), number($after), number($n),
        number($anon), number($anon_after);

    end('memory');

    verdict('worker under 10 MiB when idle', $idle < 10240,
            sprintf('%.1f MiB', $idle / 1024));
    verdict('no growth of memory', $after - $before <= 64,
            sprintf('%+d KiB', $after - $before));
}


# at least so many requests; wrk knows time only

sub mixed {
    my ($port, $count) = @_;

    my $n = 0;
    my @args = map { ($_->{uri}, "$dir/$_->{name}.headers",
                      "$dir/$_->{name}.body") } @CASES;

    while ($n < $count) {
        my $r = wrk(
            cpu => $client_cpu, connections => 256, seconds => 2,
            port => $port, uri => '/', script => 'mixed.lua', args => \@args
        );

        $n += $r->{requests} or die "no responses\n";
    }

    return $n;
}


sub targets {
    for my $group (@subjects) {
        my %s = map { $_->{kind} => $_ } @$group;
        my $c = $s{module}{case};

        for my $n (@CONNECTIONS) {
            my $title = "$c->{title}, $n connection" . ($n > 1 ? 's' : '');
            my $rps = ratio($s{module}, $n, 'rps');
            my $p99 = ratio($s{module}, $n, 'p99');

            verdict(sprintf("%s >= %.2f of the limit", $title, $c->{target}),
                    $rps >= $c->{target}, sprintf('%.2f', $rps));
            verdict("$title, p99 <= 2.00 of the limit's", $p99 <= 2,
                    sprintf('%.2f', $p99));

            for my $kind (grep { $s{$_} } qw/ lua node /) {
                my $other = ratio($s{$kind}, $n, 'rps');
                verdict("$title, ahead of $kind", $rps > $other,
                        sprintf('%.2f and %.2f', $rps, $other));
            }
        }
    }
}


my ($load) = split ' ', slurp('/proc/loadavg');
print "The machine is busy (load $load): the figures are not for keeping.\n"
    if $load > 0.5;

prepare();
compare();
measure();
compare();
table();
targets();
memory();
