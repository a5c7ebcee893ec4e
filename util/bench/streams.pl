#!/usr/bin/perl

# streams.pl DIR MODULES [quick]: streams that listen, on one worker: memory of
# each, time until all of them are told of a change, calls beside them.
# Run by util/bench.sh.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin;

use Bench;
use Time::HiRes qw/ sleep time /;

$| = 1;

my ($dir, $modules, @words) = @ARGV;
my %opt = map { $_ => 1 } @words;
my @modules = split /,/, $modules;

my ($server_cpu, $client_cpu) = split /,/, $ENV{BENCH_CPUS} || '0,1';

my $rounds = $ENV{BENCH_ROUNDS} || ($opt{quick} ? 2 : 9);
my $seconds = $ENV{BENCH_SECONDS} || ($opt{quick} ? 1 : 2);
my $connections = $ENV{BENCH_CONNECTIONS} || 32;
my $wanted = $ENV{BENCH_STREAMS} || 10_000;

# each publication is one measurement
my $PUBLICATIONS = 5;

# beside streams, in the worker and in the program that holds them
my $SPARE = 500;

# bytes of the bearer tokens of clients: a random one, and a JWT
my ($SHORT, $LONG) = (43, 1200);

# what an operator may do, as in conf.d/streams.conf
my $TUNED = slurp("$FindBin::Bin/../../conf.d/streams.conf");

my ($nginx, $port, $worker);
my ($client, $to, $from);
my ($call) = grep { $_->{name} eq 'call' } @CASES;

$SIG{INT} = $SIG{TERM} = sub { exit 1 };
$SIG{PIPE} = 'IGNORE';

END {
    my $rc = $?;
    leave() if $client;
    stop($nginx) if $nginx;
    $? = $rc;
}


# as many as the limit of open files allows

sub count {
    my ($limit) = slurp('/proc/self/limits') =~ /^Max open files\s+(\d+)/m;
    my $n = $wanted;

    $n = $limit - $SPARE if $n > $limit - $SPARE;

    print "Only $limit files may be open: $n streams, not $wanted.\n"
        if $n < $wanted;

    return $n;
}


sub start {
    my ($name, $n, $http) = @_;

    $port = free_port();
    $nginx = start_nginx(
        dir => "$dir/$name", port => $port, modules => \@modules, mcp => 1,
        affinity => sprintf('%b', 1 << $server_cpu), publish => 1,
        connections => worker_connections($n), http => $http
    );
    $worker = worker($nginx, $port);
}


# nginx closes connections that wait for a request when no more than a sixteenth
# is free

sub worker_connections {
    my ($n) = @_;
    return int($n * 16 / 15) + $SPARE;
}


sub end {
    stop($nginx);
    undef $nginx;
}


sub publish_alone {
    my ($head) = http_post(http_open($port), $Bench::PUBLISH{uri},
                           \%Bench::PUBLISH);

    die "not published:\n$head\n" unless $head =~ m{^HTTP/1.1 2};
}


sub calls {
    my ($time) = @_;

    my $cpu = cpu_time($worker);
    my $r = wrk(
        cpu => $client_cpu, connections => $connections, seconds => $time,
        port => $port, uri => $call->{uri}, script => 'wrk.lua',
        args => [ "$dir/call.headers", "$dir/call.body" ]
    );

    return { rps => 1e6 * $r->{requests} / $r->{us}, p99 => $r->{p99},
             cpu => 1e6 * (cpu_time($worker) - $cpu) / $r->{requests} };
}


# the program that holds the streams: returns when all are acknowledged

sub enter {
    my ($n, $token) = @_;

    pipe my $in, $to or die "pipe: $!\n";
    pipe $from, my $out or die "pipe: $!\n";

    $client = fork() // die "fork: $!\n";

    if ($client == 0) {
        close $to;
        open STDIN, '<&', $in;
        open STDOUT, '>&', $out;
        exec 'taskset', '-c', $client_cpu, "$dir/streams", $port, $n,
             "$dir/listen$token", "$dir/publish" or POSIX::_exit(127);
    }

    close $in;
    close $out;
    $to->autoflush;

    return told('open');
}


sub told {
    my ($what) = @_;

    my $line = <$from> // '';
    my %r = $line =~ /(\w+)=(\d+)/g;

    die "the streams are lost\n" if $line !~ /^$what /;

    return \%r;
}


sub publish {
    print $to "\n" or die "the streams are lost\n";
    return told('published');
}


# until the worker has seen that all are gone

sub leave {
    close $to;
    close $from;
    waitpid $client, 0;
    undef $client;

    my $end = time() + 20;

    while ($worker && open_files() > $SPARE / 2) {
        die "the worker keeps closed streams open\n" if time() > $end;
        sleep(0.02);
    }
}


sub open_files {
    my @files = glob "/proc/$worker/fd/*";
    return scalar @files;
}


# KiB of one stream that has been told of changes, in a worker of its own

sub memory {
    my ($n, $token, $http) = @_;

    start("memory$token", $n, $http);
    calls(1);
    publish_alone() for 1 .. 3;

    my ($before) = rss($worker);

    enter($n, $token);
    publish() for 1 .. $PUBLICATIONS;

    my ($after) = rss($worker);

    leave();
    end();

    return ($after - $before) / $n;
}


sub measure {
    my ($n) = @_;

    my (@opened, @published, @beside, @without);

    for my $round (1 .. $rounds) {

        # nobody is always first

        push @without, calls($seconds) if $round % 2;

        push @opened, enter($n, $SHORT);
        push @published, publish() for 1 .. $PUBLICATIONS;
        push @beside, calls($seconds);
        leave();

        push @without, calls($seconds) unless $round % 2;

        print STDERR "round $round of $rounds\n";
    }

    return (\@opened, \@published, \@beside, \@without);
}


sub of {
    my ($what, $list) = @_;
    return map { $_->{$what} } @$list;
}


sub table {
    my ($n, $memory, $opened, $published, $beside, $without) = @_;

    my @last = sort { $a <=> $b } of(last => $published);

    printf "%s streams on one worker. 2 cores: the worker on one, wrk and the "
        . "program that holds the streams on the other. Medians of %d "
        . "publications, and of %d rounds of %d s with %d connections.\n\n",
        number($n), scalar @last, $rounds, $seconds, $connections;

    print "| | |\n|---|---:|\n";
    row('memory of a stream', '%.1f KiB', $memory->{short});
    row("of a client with a token of $LONG bytes", '%.1f KiB',
        $memory->{long});
    row('the same, with the directives of `conf.d/streams.conf`', '%.1f KiB',
        $memory->{tuned});
    row('all are open after', '%.0f ms', median(of(us => $opened)) / 1000);
    row('a change has reached half of them after', '%.0f ms',
        median(of(half => $published)) / 1000);
    row('a change has reached all of them after', '%.0f ms (at most %.0f ms)',
        median(@last) / 1000, $last[-1] / 1000);
    row('`tools/call` per second, without streams', '%s',
        number(median(of(rps => $without))));
    row('`tools/call` per second, beside them', '%s (%.2f)',
        number(median(of(rps => $beside))), ratio($beside, $without, 'rps'));
    row('latency p99 of the calls, us', '%s and %s',
        number(median(of(p99 => $without))),
        number(median(of(p99 => $beside))));
    row('CPU time of a call, us', '%.1f and %.1f',
        median(of(cpu => $without)), median(of(cpu => $beside)));
    print "\n";
}


sub row {
    my ($title, $format, @values) = @_;

    printf "| %s | $format |\n", $title, @values;
}


sub ratio {
    my ($mine, $other, $what) = @_;

    return median(map { $mine->[$_]{$what} / $other->[$_]{$what} }
                      0 .. $#$mine);
}


my ($load) = split ' ', slurp('/proc/loadavg');
print "The machine is busy (load $load): the figures are not for keeping.\n"
    if $load > 0.5;

my $n = count();

requests_write($dir);
spew("$dir/publish", Bench::request($Bench::PUBLISH{uri}, \%Bench::PUBLISH));

for my $size ($SHORT, $LONG) {
    my %listen = %Bench::LISTEN;

    $listen{headers} .= 'Authorization: Bearer ' . 'x' x $size . "\n";
    spew("$dir/listen$size", Bench::request($listen{uri}, \%listen));
}

my ($directives) = $TUNED =~ /^ *# for each stream;[^\n]*\n(.*?)\n\n/ms
    or die "conf.d/streams.conf has changed\n";

my %memory = (
    short => memory($n, $SHORT),
    long => memory($n, $LONG),
    tuned => memory($n, $LONG, $directives),
);

start('nginx', $n);
calls(1);
enter($n, $SHORT);
publish() for 1 .. $PUBLICATIONS;

my ($before) = rss($worker);

leave();

my ($opened, $published, $beside, $without) = measure($n);
my ($after) = rss($worker);

end();

table($n, \%memory, $opened, $published, $beside, $without);

my ($last) = sort { $b <=> $a } of(last => $published);
my $ratio = ratio($beside, $without, 'rps');

verdict('a stream under 12 KiB', $memory{short} < 12,
        sprintf('%.1f KiB', $memory{short}));
verdict('with a long token, tuned, too', $memory{tuned} < 12,
        sprintf('%.1f KiB', $memory{tuned}));
verdict('all are told within 1 s', $last < 1e6,
        sprintf('%.0f ms', $last / 1000));
verdict('calls beside the streams >= 0.90', $ratio >= 0.9,
        sprintf('%.2f', $ratio));
verdict('no growth of memory', $after - $before <= 256,
        sprintf('%+d KiB', $after - $before));
