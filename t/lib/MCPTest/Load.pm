package MCPTest::Load;

# Calls that go on in processes of their own while a test does something else.
#
#   my $load = MCPTest::Load->start($t, $bytes, qr/right/, new => 2, kept => 2);
#
#   $load->wait(50)     until each process has made 50 calls more
#   $load->stop         ends them; (calls, again, slowest, failures as a list)
#
# "new" has a connection for each call, "kept" has one as long as the server
# keeps it: $bytes go out with "Connection: close" or without.  A server may
# close a kept connection while a request is on its way; if not one byte came
# back, the call is made again on a new one, where it has to succeed.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use POSIX ();
use Time::HiRes ();

use MCPTest ();

my $number = 0;


sub start {
    my ($class, $t, $bytes, $right, %kinds) = @_;

    my $self = bless {
        t => $t, bytes => $bytes, right => $right, files => [], pids => [],
        stop => 'load' . $number++,
    }, $class;

    for my $kind (sort keys %kinds) {
        $self->_spawn($kind, "$self->{stop}.$kind$_") for 1 .. $kinds{$kind};
    }

    return $self;
}


sub _spawn {
    my ($self, $kind, $file) = @_;

    my $pid = fork // die "fork: $!";

    if ($pid == 0) {
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);

        eval { $self->_run($kind eq 'kept', $file); 1 } or warn $@;
        POSIX::_exit(0);
    }

    push @{ $self->{files} }, $file;
    push @{ $self->{pids} }, $pid;
    return;
}


# one line for each call

sub _run {
    my ($self, $keep, $file) = @_;

    my $c;
    my $parent = getppid;

    open my $out, '>', $self->{t}->path($file) or die $!;
    $out->autoflush;

    while (!-e $self->{t}->path($self->{stop}) && getppid == $parent) {
        my $start = Time::HiRes::time();
        my $again = $c && 1;
        my $r = $self->_call(\$c);

        if ($again && !defined $r->status && ($r->problem // '') ne 'timed out')
        {
            print $out "again 0\n";
            undef $c;
            $r = $self->_call(\$c);
        }

        my $time = sprintf '%.3f', Time::HiRes::time() - $start;
        my $line = $self->_wrong($r) // "ok $time";

        print $out "$line\n";

        undef $c if !$keep || lc($r->header('Connection') // '') eq 'close'
                    || $line !~ /^ok/;

        Time::HiRes::sleep(0.002);
    }

    return;
}


sub _call {
    my ($self, $c) = @_;

    $$c //= $self->{t}->connect;
    $$c->send($self->{bytes});

    my $r = $$c->response;

    # the end of a chunked body is seen before that of the connection
    $r->{problem} //= 'cut' if $$c->{eof};
    return $r;
}


sub _wrong {
    my ($self, $r) = @_;

    return if ($r->status // 0) =~ /^20[02]$/ && !$r->problem
              && $r->body =~ $self->{right};

    my $what = join ' ', 'failed', $r->status // 'nothing', $r->problem // '',
                    $r->body // '';

    return $what =~ s/\s+/ /gr;
}


sub wait {
    my ($self, $n) = @_;

    my %have = map { $_ => $self->_count($_) } @{ $self->{files} };

    return MCPTest::wait_until(sub {
        !grep { $self->_count($_) < $have{$_} + $n } @{ $self->{files} };
    });
}


sub _count {
    my ($self, $file) = @_;
    return scalar(() = $self->{t}->slurp($file) =~ /\n/g);
}


sub stop {
    my ($self) = @_;

    $self->{t}->write_file($self->{stop}, '');

    waitpid $_, 0 for splice @{ $self->{pids} };

    my @lines = map { split /\n/, $self->{t}->slurp($_) } @{ $self->{files} };
    my @times = sort { $a <=> $b } map { /^ok (.*)/ } @lines;

    return (scalar @times, scalar(grep { /^again/ } @lines), $times[-1],
            grep { /^failed/ } @lines);
}


sub DESTROY {
    my ($self) = @_;

    $self->stop if @{ $self->{pids} };
    return;
}


1;
