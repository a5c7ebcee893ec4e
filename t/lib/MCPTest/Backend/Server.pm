package MCPTest::Backend::Server;

# The process of MCPTest::Backend.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Compress::Zlib ();
use IO::Select ();
use IO::Socket ();
use Socket qw(IPPROTO_TCP TCP_NODELAY SOL_SOCKET SO_LINGER);
use Storable ();

my $LINE = '0123456789abcdef' x 3 . "0123456789abcde\n";
my $BLOCK = $LINE x 1024;


# between the test and this process: a length and a frozen list

sub message_pack {
    my ($message) = @_;
    return pack 'N/a*', Storable::freeze($message);
}


sub message_send {
    my ($socket, $message) = @_;

    my $out = message_pack($message);

    while (length $out) {
        my $n = syswrite $socket, $out or return 0;
        substr $out, 0, $n, '';
    }

    return 1;
}


sub message_take {
    my ($in) = @_;

    return if length $$in < 4;

    my $length = unpack 'N', $$in;

    return if length $$in < 4 + $length;
    return Storable::thaw(substr substr($$in, 0, 4 + $length, ''), 4);
}


sub new {
    my ($class, $listen, $control, %routes) = @_;

    $listen->blocking(0);
    $control->blocking(0);

    return bless { listen => $listen, control => $control, routes => \%routes,
                   gates => {}, list => {}, opened => 0, number => 0,
                   in => '', told => '' }, $class;
}


sub run {
    my ($self) = @_;

    while (1) {
        my ($read) = $self->_select;

        if (grep { $_ == $self->{control} } @$read) {
            sysread $self->{control}, $self->{in}, 65536, length $self->{in}
                or return;

            while (my $message = message_take(\$self->{in})) {
                $self->_command(@$message);
            }
        }
    }
}


# what can be read and written is; control is left to the caller

sub _select {
    my ($self, $timeout) = @_;

    my @c = values %{ $self->{list} };
    my $read = IO::Select->new($self->{listen}, $self->{control},
                               map { $_->{socket} } @c);
    my $write = IO::Select->new(length $self->{told} ? $self->{control} : (),
                                map { $_->{socket} }
                                grep { length $_->{out} } @c);

    my ($r, $w) = IO::Select::select($read, $write, undef, $timeout);
    my %ready = map { fileno $_ => $_ } @{ $r || [] };

    $self->_accept if $ready{ fileno $self->{listen} };

    for my $c (sort { $a->{n} <=> $b->{n} } @c) {
        $self->_read($c) if !$c->{gone} && $ready{ fileno $c->{socket} };
    }

    $self->_say;

    for my $c (map { $self->{list}{ fileno $_ } || () }
               grep { defined fileno $_ } @{ $w || [] })
    {
        $self->_pump($c);
    }

    return ($r || [], scalar @{ $r || [] } + @{ $w || [] });
}


sub _command {
    my ($self, $command, $data) = @_;

    if ($command eq 'routes') {
        $self->{routes}{$_} = $data->{$_} for keys %$data;

    } elsif ($command eq 'go') {
        $self->{gates}{ $data->[0] } += $data->[1];

        $self->_pump($_) for sort { $a->{number} <=> $b->{number} }
                             grep { $_->{parts} } values %{ $self->{list} };

    } else {

        # until nothing but this process has something to say
        while (1) {
            my ($read) = $self->_select(0);
            last if !grep { $_ != $self->{control} } @$read;
        }
    }

    $self->_tell(done => $self->{opened});
    return;
}


sub _tell {
    my ($self, @message) = @_;

    $self->{told} .= message_pack(\@message);
    $self->_say;
    return;
}


# a test that does not read yet is not waited for

sub _say {
    my ($self) = @_;

    while (length $self->{told}) {
        my $n = syswrite $self->{control}, $self->{told} or return;
        substr $self->{told}, 0, $n, '';
    }

    return;
}


sub _accept {
    my ($self) = @_;

    while (my $socket = $self->{listen}->accept) {
        $socket->blocking(0);
        $socket->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);

        $self->{list}{ fileno $socket } = {
            socket => $socket, n => ++$self->{opened}, in => '', out => '',
        };
    }

    return;
}


sub _read {
    my ($self, $c) = @_;

    my $n = sysread $c->{socket}, $c->{in}, 65536, length $c->{in};

    if (!$n) {
        $self->_close($c, 'closed') if defined $n || !$!{EAGAIN};
        return;
    }

    $self->_request($c);
    return;
}


# what: closed (by the client) or answered

sub _close {
    my ($self, $c, $what) = @_;

    delete $self->{list}{ fileno $c->{socket} };
    close $c->{socket};
    $c->{gone} = 1;

    $self->_end($c, $what) if $c->{parts};
    return;
}


sub _end {
    my ($self, $c, $what) = @_;

    my $sent = $c->{sent} - length $c->{out};

    delete $c->{parts};
    $self->_tell($what => { number => $c->{number},
                            sent => $sent > 0 ? $sent : 0 });
    return;
}


# --- requests

sub _request {
    my ($self, $c) = @_;

    return if $c->{parts};

    my ($head) = $c->{in} =~ /\A(.*?\r\n)\r\n/s or return;
    my ($line, @lines) = split /\r\n/, $head;
    my ($method, $target, $version) =
        $line =~ m{\A(\S+) (.*) HTTP/(1\.[01])\z};
    my @headers = map { /\A([^:]*): ?(.*)\z/s ? [$1, $2] : [$_, undef] } @lines;

    my %r = (line => $line, method => $method // '', target => $target // '',
             version => $version // '', headers => \@headers, head => $head,
             connection => $c->{n});

    @r{qw(path query)} = split /\?/, $r{target}, 2;

    my %h = map { lc $_->[0] => $_->[1] } @headers;
    my $skip = 2 + length $head;

    $self->_continue($c) if lc($h{expect} // '') eq '100-continue';

    ($r{body}, my $length) = _body(\$c->{in}, $skip, \%h);
    return if !defined $r{body};

    substr $c->{in}, 0, $skip + $length, '';

    $r{number} = $c->{number} = ++$self->{number};

    $c->{keep} = $version && ($version eq '1.1'
                              ? lc($h{connection} // '') ne 'close'
                              : lc($h{connection} // '') eq 'keep-alive');
    $c->{continued} = 0;
    $c->{sent} = 0;
    $c->{parts} = $self->_answer($c, \%r);

    $self->_tell(request => \%r);
    $self->_pump($c);
    return;
}


sub _continue {
    my ($self, $c) = @_;

    $c->{out} .= "HTTP/1.1 100 Continue\r\n\r\n" if !$c->{continued}++;
    $self->_flush($c);
    return;
}


# the body and how long it was in the buffer; nothing if it is not complete

sub _body {
    my ($in, $skip, $h) = @_;

    if (lc($h->{'transfer-encoding'} // '') ne 'chunked') {
        my $length = $h->{'content-length'} || 0;

        return if length $$in < $skip + $length;
        return (substr($$in, $skip, $length), $length);
    }

    my ($body, $at) = ('', $skip);

    while (substr($$in, $at) =~ /\A([0-9a-f]+)\r\n/i) {
        my ($size, $begin) = (hex $1, $at + $+[0]);

        return if length $$in < $begin + $size + 2;

        $body .= substr $$in, $begin, $size;
        $at = $begin + $size + 2;

        return ($body, $at - $skip) if $size == 0;
    }

    return;
}


# --- answers: a list of bytes, and of what else happens

sub _route {
    my ($self, $r) = @_;

    my $routes = $self->{routes};

    for my $key ("$r->{method} $r->{target}", $r->{target},
                 "$r->{method} " . ($r->{path} // ''), $r->{path} // '')
    {
        return $key if $routes->{$key};
    }

    my ($key) = sort { length $b <=> length $a }
                grep { /\A(.*)\*\z/ && index($r->{target}, $1) == 0 }
                keys %$routes;

    return $key;
}


sub _answer {
    my ($self, $c, $r) = @_;

    my $key = $self->_route($r);
    my $o = defined $key ? $self->{routes}{$key}
                         : { status => 404, body => '{"message":"no route"}' };

    $o = $o->($r) if ref $o eq 'CODE';

    my $gate = { gate => $o->{gate} // $key };
    my @parts = $o->{wait} ? ($gate) : ();

    return [@parts, { $o->{close} eq 'reset' ? 'reset' : 'close' => 1 }]
        if $o->{close};
    return [@parts, $o->{raw}, { close => 1 }] if defined $o->{raw};

    my $body = $o->{body} // '';
    my %more;

    ($body, $more{'Content-Encoding'}) = _compress($o, $body)
        if $o->{gzip} || $o->{deflate};

    my @body = $r->{method} eq 'HEAD' ? ()
             : $o->{steps}   ? ((map { $gate, _chunk($_) } @{ $o->{steps} }),
                                $gate, "0\r\n\r\n")
             : $o->{huge}    ? _huge($o)
             : $o->{chunked} ? ((map { _chunk($_) }
                                 unpack "(a$o->{chunked})*", $body),
                                "0\r\n\r\n")
             : length $body  ? ($body) : ();

    @body = _cut($o->{cut}, @body) if defined $o->{cut};

    if ($o->{steps} || $o->{chunked}) {
        $more{'Transfer-Encoding'} = 'chunked';

    } else {
        $more{'Content-Length'} = exists $o->{length} ? $o->{length}
                                  : $o->{huge} ? $o->{huge} * 1048576
                                  : length $body;
    }

    $c->{keep} = 0 if defined $o->{cut} || exists $o->{length}
                      || exists $o->{keep} && !$o->{keep};

    return [@parts, { head => _head($o, %more) }, @body];
}


sub _head {
    my ($o, %more) = @_;

    my $type = exists $o->{type} ? $o->{type} : 'application/json';
    my $head = 'HTTP/1.1 ' . ($o->{status} || 200) . " Status\r\n";
    my @headers = ('Content-Type' => $type, %more, @{ $o->{headers} || [] });

    while (my ($name, $value) = splice @headers, 0, 2) {
        $head .= "$name: $value\r\n" if defined $value;
    }

    return "$head\r\n";
}


sub _chunk {
    my ($bytes) = @_;
    return sprintf "%x\r\n%s\r\n", length $bytes, $bytes;
}


sub _huge {
    my ($o) = @_;

    my $n = $o->{huge} * 1048576 / length $BLOCK;

    return ({ fill => $n, bytes => $BLOCK }) if !$o->{chunked};
    return ({ fill => $n, bytes => _chunk($BLOCK) }, "0\r\n\r\n");
}


sub _compress {
    my ($o, $body) = @_;

    return (Compress::Zlib::memGzip($body), 'gzip') if $o->{gzip};

    my $bits = $o->{deflate} eq 'raw' ? -Compress::Zlib::MAX_WBITS()
                                      : Compress::Zlib::MAX_WBITS();
    my $d = Compress::Zlib::deflateInit(-WindowBits => $bits);
    my ($out) = $d->deflate($body);
    my ($rest) = $d->flush;

    return ($out . $rest, 'deflate');
}


sub _cut {
    my ($left, @body) = @_;

    my @out;

    for my $part (@body) {
        return (@out, substr $part, 0, $left) if !ref $part
                                                 && length $part >= $left;
        push @out, $part;
        $left -= length $part if !ref $part;
    }

    return @out;
}


# as much as can be sent now

sub _pump {
    my ($self, $c) = @_;

    while (!$c->{gone} && $self->_flush($c) && $c->{parts}) {
        my $part = shift @{ $c->{parts} };

        if (!defined $part) {
            $self->_finish($c);

        } elsif (!ref $part) {
            $c->{out} = $part;
            $c->{sent} += length $part;

        } elsif (exists $part->{head}) {
            $c->{out} = $part->{head};

        } elsif ($part->{fill}) {
            $c->{out} = $part->{bytes};
            $c->{sent} += length $c->{out};
            unshift @{ $c->{parts} },
                    { %$part, fill => $part->{fill} - 1 } if $part->{fill} > 1;

        } elsif (!exists $part->{gate}) {
            $c->{socket}->setsockopt(SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0)
                if $part->{reset};
            $self->_close($c, 'answered');

        } elsif ($self->{gates}{ $part->{gate} }) {
            $self->{gates}{ $part->{gate} }--;

        } else {
            unshift @{ $c->{parts} }, $part;
            last;
        }
    }

    return;
}


sub _finish {
    my ($self, $c) = @_;

    return $self->_close($c, 'answered') if !$c->{keep};

    $self->_end($c, 'answered');
    $self->_request($c);
    return;
}


# true if nothing is left

sub _flush {
    my ($self, $c) = @_;

    return 1 if $c->{out} eq '';

    my $n = syswrite $c->{socket}, $c->{out};

    if (defined $n) {
        substr $c->{out}, 0, $n, '';

    } elsif (!$!{EAGAIN}) {
        $self->_close($c, 'closed');
    }

    return !$c->{gone} && $c->{out} eq '';
}


1;
