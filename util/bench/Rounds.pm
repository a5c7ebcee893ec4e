package Rounds;

# What is measured side by side: subjects that take turns in rounds, their
# figures, and the ratio of one to another in the same round.

use warnings;
use strict;

use Bench;
use Exporter qw/ import /;

our @EXPORT = qw/ %pid start subject round figure ratio tables /;

our %pid;        # of what runs, by its directory
my %figures;     # "subject connections" => [ one per round ]


$SIG{INT} = $SIG{TERM} = sub { exit 1 };

END {
    my $rc = $?;
    stop($_) for values %pid;
    $? = $rc;
}


# An nginx with one worker on this core; %o is start_nginx()'s.  Returns a port.

sub start {
    my ($dir, $cpu, %o) = @_;

    my $port = free_port();

    $pid{$dir} = start_nginx(dir => $dir, port => $port,
                             affinity => sprintf('%b', 1 << $cpu), %o);
    return $port;
}


# Writes the request to files, FILE.headers and FILE.body, and sends it once: a
# subject has port, worker, uri, headers, and body, which is empty for a GET.

sub subject {
    my ($file, $s) = @_;

    $s->{file} = $file;

    spew("$file.headers", $s->{headers});
    spew("$file.body", $s->{body});

    # http_post() posts: nginx's "return" does not mind
    ($s->{text}, $s->{length}) = http_fetch($s->{port}, $s->{uri}, $s);
}


sub round {
    my ($name, $s, $client_cpu, $connections, $seconds) = @_;

    my $cpu = cpu_time($s->{worker});
    my $r = wrk(
        cpu => $client_cpu, connections => $connections, seconds => $seconds,
        port => $s->{port}, uri => $s->{uri}, script => 'wrk.lua',
        args => [ "$s->{file}.headers", "$s->{file}.body" ]
    );

    $r->{cpu} = 1e6 * (cpu_time($s->{worker}) - $cpu) / $r->{requests};
    $r->{rps} = 1e6 * $r->{requests} / $r->{us};

    my $off = abs($r->{bytes} - $r->{requests} * $s->{length});

    die "$s->{uri}: $r->{bytes} bytes in $r->{requests} responses of "
        . "$s->{length}\n" if $off > $connections * $s->{length};

    push @{ $figures{"$name $connections"} }, $r;
}


sub figure {
    my ($name, $n, $what) = @_;
    return median(map { $_->{$what} } @{ $figures{"$name $n"} });
}


sub ratio {
    my ($name, $to, $n, $what) = @_;

    my ($mine, $other) = map { $figures{"$_ $n"} } $name, $to;

    return median(map { $mine->[$_]{$what} / ($other->[$_]{$what} || 1) }
                      0 .. $#$mine);
}


# a table for each figure: subjects are [name, title, that of the ratio]

sub tables {
    my ($connections, $subjects) = @_;

    my $tenths = sub { sprintf '%.1f', shift };

    for (['Requests per second', 'rps', \&number],
         ['Latency p50, us', 'p50', \&number],
         ['Latency p99, us', 'p99', \&number],
         ['CPU time of a request, us', 'cpu', $tenths])
    {
        my ($title, $what, $text) = @$_;

        print "| $title |",
            map({ " $_ connection" . ($_ > 1 ? 's' : '') . ' |' }
                @$connections),
            "\n|---|", '---:|' x @$connections, "\n";

        for my $subject (@$subjects) {
            my ($name, $named, $base) = @$subject;

            print "| $named |", map({
                sprintf ' %s (%.2f) |', $text->(figure($name, $_, $what)),
                        ratio($name, $base, $_, $what)
            } @$connections), "\n";
        }

        print "\n";
    }
}


1;
