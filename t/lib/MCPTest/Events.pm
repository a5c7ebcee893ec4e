package MCPTest::Events;

# A response that is a stream of server-sent events, read event by event.
#
#   my $s = MCPTest::Events->open($t, $bytes);         HTTP/1.1
#   my $s = MCPTest::Events->open_h2($t, $body, $headers, %options);
#
#   $s->status  header(NAME)
#   $s->next            the next message, decoded; undef at the end
#   $s->event           the next event: { id, retry, data }, as they are and
#                       where there are; likewise
#   $s->block           the next event or comment as it is; likewise
#   $s->comment         true if the next thing is a comment
#   $s->rest            all messages that are left
#   $s->ended           true if the stream ended as it should
#   $s->closed          true if it was cut: the connection, or the stream of
#                       HTTP/2, was closed before
#   $s->raw             the bytes of all events so far
#   $s->cancel          closes the connection; HTTP/2: resets the stream
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use JSON::PP ();

use MCPTest::H2;


sub open {
    my ($class, $t, $bytes) = @_;

    my $c = $t->connect;
    $c->send($bytes);

    return $class->on($c);
}


# on a connection, after what was sent there

sub on {
    my ($class, $c) = @_;
    return bless { c => $c, head => $c->head, in => '', raw => '' }, $class;
}


sub open_h2 {
    my ($class, $t, $body, $headers, %o) = @_;

    my $c = MCPTest::H2->new($t->connect($o{port}), %o);

    $c->request($body, $headers, $o{uri});

    return bless { c => $c, head => $c->head, in => '', raw => '' }, $class;
}


sub status     { return $_[0]{head}->status }
sub header     { return $_[0]{head}->header($_[1]) }
sub headers    { return $_[0]{head}->headers($_[1]) }
sub raw        { return $_[0]{raw} }
sub ended      { return $_[0]{ended} }
sub connection { return $_[0]{c} }


sub block {
    my ($self) = @_;

    for (;;) {
        my $end = index $self->{in}, "\n\n";

        if ($end >= 0) {
            my $block = substr $self->{in}, 0, $end + 2, '';

            $self->{raw} .= $block;
            return $block;
        }

        return if $self->{ended} || $self->{cut};

        my $chunk = $self->{c}->chunk;

        if (!defined $chunk) {
            $self->{cut} = 1;

        } elsif ($chunk eq '') {
            $self->{ended} = 1;

        } else {
            $self->{in} .= $chunk;
        }
    }
}


sub comment {
    my ($self) = @_;

    my $block = $self->block // '';

    return $block =~ /\A:[^\n]*\n\n\z/;
}


sub event {
    my ($self) = @_;

    while (defined(my $block = $self->block)) {
        $block =~ /\A (?:id:\ (\S+)\n)? (?:retry:\ (\d+)\n)?
                   data:\ ([^\n]*)\n\n\z/x or next;

        return { id => $1, retry => $2, data => $3 };
    }

    return;
}


sub next {
    my ($self) = @_;

    while (my $event = $self->event) {
        next if $event->{data} eq '';

        return JSON::PP->new->utf8->decode($event->{data});
    }

    return;
}


sub rest {
    my ($self) = @_;

    my @rest;

    while (defined(my $message = $self->next)) {
        push @rest, $message;
    }

    return @rest;
}


sub closed {
    my ($self) = @_;

    $self->rest;
    return $self->{cut};
}


sub cancel {
    my ($self) = @_;

    my $c = $self->{c};

    $c->can('cancel') ? $c->cancel : $c->close;
    return;
}


1;
