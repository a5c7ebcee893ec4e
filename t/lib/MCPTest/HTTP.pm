package MCPTest::HTTP;

# A connection that sends exactly what it is told, and the responses on it.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use IO::Select ();
use IO::Socket::INET ();
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes ();


# headers is a list of names and values; Host, Connection and Content-Length
# are added unless they are given (undef: leave out)

sub request_bytes {
    my (%o) = @_;

    my $body = $o{body};
    my @headers = @{ $o{headers} || [] };
    my %have = map { lc $headers[$_] => 1 } grep { $_ % 2 == 0 } 0 .. $#headers;
    my @more;

    push @more, Host => 'localhost' if !$have{host};
    push @more, Connection => 'close' if !$have{connection};

    if ($o{chunked}) {
        push @more, 'Transfer-Encoding' => 'chunked';
        $body = chunked($body, $o{chunked});

    } elsif (defined $body && !$have{'content-length'}) {
        push @more, 'Content-Length' => length $body;
    }

    my $head = ($o{method} || 'GET') . ' ' . ($o{uri} || '/mcp')
               . " HTTP/1.1\r\n";

    @headers = (@more, @headers);

    while (my ($name, $value) = splice @headers, 0, 2) {
        $head .= "$name: $value\r\n" if defined $value;
    }

    return "$head\r\n" . ($body // '');
}


sub chunked {
    my ($body, $size) = @_;

    my $out = join '', map { sprintf "%x\r\n%s\r\n", length, $_ }
        unpack "(a$size)*", $body;

    return "${out}0\r\n\r\n";
}


sub new {
    my ($class, $port, $timeout) = @_;

    my $socket = IO::Socket::INET->new(
        PeerAddr => '127.0.0.1', PeerPort => $port, Proto => 'tcp',
        Timeout => $timeout) or die "connect to $port: $!\n";

    $socket->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
    $socket->blocking(0);

    return bless { socket => $socket, timeout => $timeout, in => '' }, $class;
}


sub close {
    my ($self) = @_;

    CORE::close(delete $self->{socket}) if $self->{socket};
    return;
}


# nothing more will be sent

sub shutdown {
    my ($self) = @_;

    $self->{socket}->shutdown(1);
    return;
}


# a reset instead of an orderly close

sub abort {
    my ($self) = @_;

    $self->{socket}->setsockopt(Socket::SOL_SOCKET(), Socket::SO_LINGER(),
                                pack 'ii', 1, 0);
    $self->close;
    return;
}


# Each element in a segment of its own. Returns false if the peer closed; what
# it said until then can still be read.

sub send {
    my ($self, @packets) = @_;

    my $select = IO::Select->new($self->{socket});

    for my $packet (@packets) {
        my $sent = 0;

        while ($sent < length $packet) {
            my $n = syswrite $self->{socket}, $packet, length($packet) - $sent,
                             $sent;

            if (defined $n) {
                $sent += $n;

            } elsif (!$!{EAGAIN} || !$select->can_write($self->{timeout})) {
                return 0;
            }
        }
    }

    return 1;
}


sub _fill {
    my ($self, $end) = @_;

    my $left = $end - Time::HiRes::time();

    if ($left <= 0 || !IO::Select->new($self->{socket})->can_read($left)) {
        $self->{problem} = 'timed out';
        return 0;
    }

    my $n = sysread $self->{socket}, $self->{in}, 65536, length $self->{in};

    return 1 if $n;

    $self->{eof} = 1;
    $self->{problem} = defined $n ? 'closed' : "$!";
    return 0;
}


# true once the peer has closed and everything was read

sub closed {
    my ($self) = @_;

    my $end = Time::HiRes::time() + $self->{timeout};

    while (!$self->{eof}) {
        last if !$self->_fill($end);
    }

    return $self->{eof} && $self->{in} eq '';
}


# true if an interim response comes before the final one

sub interim {
    my ($self) = @_;

    my $end = Time::HiRes::time() + $self->{timeout};

    while ($self->{in} !~ /\r\n\r\n/) {
        return 0 if !$self->_fill($end);
    }

    return $self->{in} =~ s{\AHTTP/1\.1 1.*?\r\n\r\n}{}s;
}


# One response; interim ones are counted in "interim". Status undef and
# "problem" when there is none.

sub response {
    my ($self, $method) = @_;

    my $end = Time::HiRes::time() + $self->{timeout};
    my $r = $self->head($end);

    return $r if !$r->status || ($method // '') eq 'HEAD' || $r->status == 204;

    my $length = $r->header('Content-Length');

    if (lc($r->header('Transfer-Encoding') // '') eq 'chunked') {
        $r->{body} = $self->_chunks($end);

    } else {
        while (!defined $length || length $self->{in} < $length) {
            last if !$self->_fill($end);
        }

        $r->{problem} = 'cut' if defined $length
                                 && length $self->{in} < $length;
        $r->{body} = substr $self->{in}, 0, $length // length $self->{in}, '';
    }

    return $r;
}


# the same without the body

sub head {
    my ($self, $end) = @_;

    my $interim = 0;

    $end //= Time::HiRes::time() + $self->{timeout};

    for (;;) {
        while ($self->{in} !~ /\r\n\r\n/) {
            return MCPTest::HTTP::Response->parse('', '',
                problem => $self->{problem}) if !$self->_fill($end);
        }

        (my $head, $self->{in}) = split /\r\n\r\n/, $self->{in}, 2;
        my $r = MCPTest::HTTP::Response->parse($head, '', interim => $interim);

        return $r if $r->status >= 200;
        $interim++;
    }
}


sub _chunks {
    my ($self, $end) = @_;

    my $body = '';

    for (;;) {
        my $chunk = $self->chunk($end);

        return $body if !defined $chunk || $chunk eq '';
        $body .= $chunk;
    }
}


# the next chunk of a body, empty for the last one, undef if it is cut

sub chunk {
    my ($self, $end) = @_;

    $end //= Time::HiRes::time() + $self->{timeout};

    for (;;) {
        if ($self->{in} =~ /\A([0-9a-f]+)\r\n/i) {
            my ($size, $skip) = (hex $1, $+[0]);

            if (length $self->{in} >= $skip + $size + 2) {
                my $chunk = substr $self->{in}, $skip, $size;
                substr $self->{in}, 0, $skip + $size + 2, '';
                return $chunk;
            }
        }

        return if !$self->_fill($end);
    }
}


package MCPTest::HTTP::Response;

use strict;
use warnings;

use JSON::PP ();


sub parse {
    my ($class, $head, $body, %more) = @_;

    # curl writes the heads of interim responses too
    my @heads = grep { length } split /\r\n\r\n/, $head;
    my @lines = split /\r\n/, @heads ? $heads[-1] : '';
    my ($version, $status) = (shift(@lines) // '')
                             =~ m{^HTTP/([\d.]+) (\d{3})};

    my @headers = map { /^([^:]*):\s*(.*?)\s*$/ ? [lc $1, $2] : () } @lines;

    return bless { version => $version, status => $status, body => $body,
                   list => \@headers, %more }, $class;
}


sub status  { return $_[0]{status} }
sub body    { return $_[0]{body} }
sub version { return $_[0]{version} }
sub problem { return $_[0]{problem} }
sub interim { return $_[0]{interim} }


sub headers {
    my ($self, $name) = @_;
    return map { $_->[1] } grep { $_->[0] eq lc $name } @{ $self->{list} };
}


sub header {
    my ($self, $name) = @_;
    return ($self->headers($name))[0];
}


# undef if the body is not JSON

sub json {
    my ($self) = @_;

    $self->{json} //= eval {
        JSON::PP->new->utf8->allow_nonref->decode($self->{body})
    };

    return $self->{json};
}


sub _member {
    my ($self, $name) = @_;
    return ref $self->json eq 'HASH' ? $self->json->{$name} : undef;
}


sub result { return $_[0]->_member('result') }
sub error  { return $_[0]->_member('error') }
sub id     { return $_[0]->_member('id') }
sub code   { return $_[0]->error ? $_[0]->error->{code} : undef }
sub data   { return $_[0]->error ? $_[0]->error->{data} : undef }


sub text {
    my ($self) = @_;

    my $content = $self->result && $self->result->{content};
    return ref $content eq 'ARRAY' && @$content ? $content->[0]{text} // ''
                                                : '';
}


1;
