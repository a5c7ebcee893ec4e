package MCPTest::H2;

# HTTP/2 by prior knowledge, as little of it as tests need that curl cannot do:
# windows that do not open, one stream that is reset, a thousand streams at once.
# Only the last request is read.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Time::HiRes ();

use constant {
    DATA => 0, HEADERS => 1, RST_STREAM => 3, SETTINGS => 4, PING => 6,
    GOAWAY => 7, WINDOW_UPDATE => 8,
    INITIAL_WINDOW_SIZE => 4, CANCEL => 8,
};

my @static = (undef, qw(:authority :method :method :path :path :scheme :scheme
    :status :status :status :status :status :status :status accept-charset
    accept-encoding accept-language accept-ranges accept
    access-control-allow-origin age allow authorization cache-control
    content-disposition content-encoding content-language content-length
    content-location content-range content-type cookie date etag expect
    expires from host if-match if-modified-since if-none-match if-range
    if-unmodified-since last-modified link location max-forwards
    proxy-authenticate proxy-authorization range referer refresh retry-after
    server set-cookie strict-transport-security transfer-encoding user-agent
    vary via www-authenticate));

my %status = (8 => 200, 9 => 204, 10 => 206, 11 => 304, 12 => 400, 13 => 404,
              14 => 500);


# window: of each stream, in bytes; without it what is read may be sent again

sub new {
    my ($class, $c, %o) = @_;

    my $self = bless { c => $c, in => '', id => -1, window => $o{window} },
        $class;
    my $settings = defined $o{window}
                   ? pack('nN', INITIAL_WINDOW_SIZE, $o{window}) : '';

    $c->send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
             . _frame(SETTINGS, 0, 0, $settings));

    return $self;
}


sub _frame {
    my ($type, $flags, $id, $payload) = @_;

    return substr(pack('N', length $payload), 1)
           . pack('CCN', $type, $flags, $id) . $payload;
}


# a literal without indexing and without Huffman code

sub _string {
    my ($text) = @_;

    my $n = length $text;

    return chr($n) . $text if $n < 127;

    my $out = chr 127;

    for ($n -= 127; $n >= 128; $n >>= 7) {
        $out .= chr(128 | $n & 127);
    }

    return $out . chr($n) . $text;
}


sub request {
    my ($self, $body, $headers, $uri) = @_;

    my @headers = (':method' => 'POST', ':scheme' => 'http',
                   ':path' => $uri || '/mcp', ':authority' => 'localhost',
                   @$headers, 'Content-Length' => length $body);
    my $block = '';

    while (my ($name, $value) = splice @headers, 0, 2) {
        $block .= "\0" . _string(lc $name) . _string($value);
    }

    $self->{id} += 2;
    $self->{head} = undef;
    $self->{ended} = 0;
    $self->{reset} = 0;

    $self->{c}->send(_frame(HEADERS, 4, $self->{id}, $block)
                     . _frame(DATA, 1, $self->{id}, $body));
    return;
}


# many requests at once; how many of them are answered to the end

sub many {
    my ($self, $n, @request) = @_;

    my @id = map { $self->request(@request); $self->{id} } 1 .. $n;

    while (keys %{ $self->{over} || {} } < $n) {
        last if !$self->_read;
    }

    return scalar grep { ($self->{over}{$_} // '') eq 'ended' } @id;
}


sub cancel {
    my ($self) = @_;

    $self->{c}->send(_frame(RST_STREAM, 0, $self->{id}, pack 'N', CANCEL));
    return;
}


# lets the server send more

sub open_window {
    my ($self, $n) = @_;

    $self->{c}->send(_frame(WINDOW_UPDATE, 0, $self->{id}, pack 'N', $n)
                     . _frame(WINDOW_UPDATE, 0, 0, pack 'N', $n));
    return;
}


# reads one frame, true if there was one

sub _read {
    my ($self) = @_;

    my $c = $self->{c};
    my $end = Time::HiRes::time() + $c->{timeout};

    for (;;) {
        if (length $c->{in} >= 9) {
            my $size = unpack 'N', "\0" . substr $c->{in}, 0, 3;

            last if length $c->{in} >= 9 + $size;
        }

        return 0 if !$c->_fill($end);
    }

    my $size = unpack 'N', "\0" . substr $c->{in}, 0, 3;
    my ($type, $flags, $id) = unpack 'x3CCN', substr $c->{in}, 0, 9, '';
    my $payload = substr $c->{in}, 0, $size, '';

    $self->_take($type, $flags, $id, $payload);
    return 1;
}


sub _take {
    my ($self, $type, $flags, $id, $payload) = @_;

    if ($type == SETTINGS && !($flags & 1)) {
        $self->{c}->send(_frame(SETTINGS, 1, 0, ''));

    } elsif ($type == PING && !($flags & 1)) {
        $self->{c}->send(_frame(PING, 1, 0, $payload));
    }

    $self->{over}{$id} = $type == RST_STREAM ? 'reset' : 'ended'
        if $type == RST_STREAM
           || $flags & 1 && ($type == DATA || $type == HEADERS);

    if ($id != $self->{id}) {
        $self->{c}->send(_frame(WINDOW_UPDATE, 0, 0,
                                pack 'N', length $payload))
            if $type == DATA && length $payload;
        return;
    }

    if ($type == HEADERS) {
        $self->{head} = $payload;

    } elsif ($type == DATA) {
        $self->{in} .= $payload;
        $self->open_window(length $payload)
            if !defined $self->{window} && length $payload;

    } elsif ($type == RST_STREAM) {
        $self->{reset} = 1;
    }

    $self->{ended} = 1 if $flags & 1 && ($type == DATA || $type == HEADERS);
    return;
}


# nginx uses literals, with Huffman code where that is shorter: names are of
# the static table or written out, values that are coded are left out

sub head {
    my ($self) = @_;

    while (!defined $self->{head}) {
        last if $self->{reset} || !$self->_read;
    }

    my $block = $self->{head} // '';
    my @lines = ('HTTP/2.0 000');

    while (length $block) {
        my $first = ord $block;

        if ($first & 128) {
            my $index = _integer(\$block, 7);

            $lines[0] = "HTTP/2.0 $status{$index}" if $status{$index};
            next;
        }

        if (($first & 224) == 32) {
            _integer(\$block, 5);
            next;
        }

        my $index = _integer(\$block, $first & 64 ? 6 : 4);
        my $name = $index ? $static[$index] : _text(\$block);
        my $value = _text(\$block);

        $lines[0] = "HTTP/2.0 $value" if ($name // '') eq ':status';
        push @lines, "$name: $value" if defined $name && defined $value;
    }

    return MCPTest::HTTP::Response->parse(join("\r\n", @lines), '');
}


sub _integer {
    my ($block, $bits) = @_;

    my $max = (1 << $bits) - 1;
    my $n = ord(substr $$block, 0, 1, '') & $max;

    return $n if $n < $max;

    for (my $shift = 0; ; $shift += 7) {
        my $byte = ord substr $$block, 0, 1, '';

        $n += ($byte & 127) << $shift;
        return $n if !($byte & 128);
    }
}


sub _text {
    my ($block) = @_;

    my $coded = ord($$block) & 128;
    my $n = _integer($block, 7);
    my $text = substr $$block, 0, $n, '';

    return $coded ? undef : $text;
}


# what has come of the body, empty at its end, undef if it is cut

sub chunk {
    my ($self) = @_;

    while ($self->{in} eq '') {
        return '' if $self->{ended};
        return if $self->{reset} || !$self->_read;
    }

    my $chunk = $self->{in};
    $self->{in} = '';
    return $chunk;
}


sub close {
    my ($self) = @_;

    $self->{c}->close;
    return;
}


1;
